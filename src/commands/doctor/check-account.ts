import type { AccountConfiguration, BridgeConfiguration } from '../../config/configuration.ts';
import type { LatestFiles } from '../../config/latest-files.ts';
import type { CwaClient } from '../../cwa/client.ts';
import type { EventsAnswer } from '../../cwa/documents/envelope.ts';
import { faultOf } from '../../cwa/documents/fault.ts';
import { REQUEST_FAILED } from '../../cwa/protocol.ts';
import { attributeOf, isNamed } from '../../cwa/documents/vocabulary.ts';
import { createCwaClient } from '../../daemon/cwa-client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { DoctorLimits } from './limits.ts';
import type { Section, StepLimit } from './section.ts';
import { verdictOnOpening, verdictOnSignIn, verdictOnStep } from './sign-in-verdicts.ts';
import { failed, ok, type Outcome, type Verdict, warning } from './verdict.ts';

export interface AccountChecks {
  readonly configuration: BridgeConfiguration;
  readonly account: AccountConfiguration;
  readonly files: LatestFiles;
  readonly limits: DoctorLimits;
  readonly clock: Clock;
}

/** The steps in which an account is tried, as they are reported. */
export const ACCOUNT_STEPS = ['sign-in', 'session', 'poll', 'sign-out'] as const;

const RID = '1';
const TERMINATE_RID = '2';

/** One sign-in, one session of its own, one poll, and the end of the session: what `run` does, once, and nothing else. */
export async function checkAccount(checks: AccountChecks, section: Section): Promise<void> {
  const { account, clock, configuration, files, limits } = checks;
  const client = createCwaClient(configuration, account, clock, files);
  const limit = (step: string): StepLimit => silent(step, limits);
  try {
    await section.step('sign-in', limit('sign-in'), (signal) => signIn(client, account, signal));
    const sid = await section.step('session', limit('initiateSession'), (signal) =>
      open(client, configuration, signal),
    );
    if (sid === null) section.skip(['poll', 'sign-out']);
    else {
      section.add('poll', await poll(client, { account, sid, limits }));
      await section.step('sign-out', limit('terminateSession'), (signal) => terminate(client, sid, signal));
    }
  } finally {
    await client.close();
  }
}

function silent(step: string, { exchangeMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'server-silent',
    `no answer to ${step} within ${String(exchangeMs)} ms`,
    'the server took the request and hangs: look at its domain controller and pool, and at its event log',
  );
  return { ms: exchangeMs, verdict };
}

async function signIn(client: CwaClient, { id }: AccountConfiguration, signal: AbortSignal): Promise<Verdict> {
  try {
    const { uri } = await client.signIn(signal);
    return ok(`signed in as ${uri ?? id}`);
  } catch (error) {
    signal.throwIfAborted();
    return known(error, verdictOnSignIn(error, id));
  }
}

async function open(
  client: CwaClient,
  { session: { localeId, securityMode, userStateAvailability } }: BridgeConfiguration,
  signal: AbortSignal,
): Promise<Outcome<string>> {
  try {
    const parameters = { localeId, securityMode, userStateAvailability };
    const { answer, session, trouble } = await client.initiateSession({ ...parameters, rid: RID }, signal);
    if (session === null) {
      const fault = answer.responses.find((response) => response.fault !== null)?.fault ?? null;
      return fault === null ? known(trouble, verdictOnStep(trouble)) : verdictOnOpening(fault);
    }
    return { ...ok('opened'), value: session.sid };
  } catch (error) {
    signal.throwIfAborted();
    return known(error, verdictOnStep(error));
  }
}

interface FirstPoll {
  readonly account: AccountConfiguration;
  readonly sid: string;
  readonly limits: DoctorLimits;
}

/** Its failure does not keep the session from being ended. */
async function poll(client: CwaClient, { account, limits, sid }: FirstPoll): Promise<Verdict> {
  const timeout = AbortSignal.timeout(limits.exchangeMs);
  try {
    const result = await client.poll({ sid, ackId: '0', isUserActive: account.userActivity }, timeout);
    return result.kind === 'nothing' ? ok('answered, with no events yet') : verdictOnEvents(result.answer);
  } catch (error) {
    if (!timeout.aborted) return known(error, verdictOnStep(error));
    return warning(
      'poll-held',
      `the first poll was not answered within ${String(limits.exchangeMs)} ms`,
      'a server may hold a poll until there is news, but there should be news now: look at its event log if `run` gets no answers either',
    );
  }
}

function verdictOnEvents({ events }: EventsAnswer): Verdict {
  const refusal = events.find((event) => isNamed(event, REQUEST_FAILED) && attributeOf(event, 'rid')?.trim() === RID);
  if (refusal !== undefined) return verdictOnOpening(faultOf(refusal));
  return ok(`answered, with ${String(events.length)} events`);
}

async function terminate(client: CwaClient, sid: string, signal: AbortSignal): Promise<Verdict> {
  try {
    await client.terminateSession({ sid, rid: TERMINATE_RID }, signal);
    return ok('the session is ended');
  } catch (error) {
    signal.throwIfAborted();
    const { cause } = known(error, verdictOnStep(error));
    return warning(
      'session-left',
      `the session was not ended (${cause})`,
      'nothing: the server ends it when it has been idle for long enough',
    );
  }
}

/** @throws the error, where there is no verdict on it. */
function known(error: unknown, verdict: Verdict | null): Verdict {
  if (verdict === null) throw error;
  return verdict;
}
