import { expect, test } from 'vitest';

import { verify } from '../../src/commands/verify.ts';
import type { FaultSpec } from '../../src/simulator/faults.ts';
import { setStage, type Stage } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import type { TailRecord } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const PATIENCE = { timeoutMs: 90_000 };

/** What a row of `docs/sessions.md` leads to, from the start of its account on. */
interface Outcome {
  /** Sign-ins on the wire: taken, refused, and without an answer that says either. */
  readonly signIns: readonly [accepted: number, refused: number, failed: number];
  /** Sessions that the server opened. */
  readonly sessions: number;
  /** Reasons of the `gap` records. */
  readonly gaps: readonly string[];
  /** Reasons of the `quarantined` records. */
  readonly held: readonly string[];
  readonly phase: string;
  /** Outcomes of polls and oddities of acknowledgements that are not what they should be. */
  readonly counted: readonly string[];
}

const WELL: Outcome = { signIns: [1, 0, 0], sessions: 1, gaps: ['first-start'], held: [], phase: 'open', counted: [] };
const TICKET: Outcome = { ...WELL, signIns: [2, 0, 0], counted: ['ticket-lost'] };
const SESSION: Outcome = { ...WELL, sessions: 2, gaps: ['first-start', 'session-lost'], counted: ['session-lost'] };
const RETRIED: Outcome = { ...WELL, counted: ['transient'] };

interface Row {
  readonly fault: Omit<FaultSpec, 'account'>;
  /** Armed before the account begins, else when its first snapshot is complete. */
  readonly fromStart?: true;
  readonly password?: string;
  readonly outcome: Outcome;
}

/** A fault that answers polls with a refusal. */
function refusedPoll(code: number | null, form: FaultSpec['form'] = 'error'): Row['fault'] {
  return { kind: 'refusal', code, form };
}

function opening(fault: Row['fault'], outcome: Partial<Outcome> = {}): Row {
  return { fault: { channel: 'command', ...fault }, fromStart: true, outcome: { ...WELL, ...outcome } };
}

function signingIn(fault: Row['fault'], outcome: Partial<Outcome> = {}): Row {
  return opening({ channel: 'signIn', ...fault }, { signIns: [1, 0, 1], ...outcome });
}

const STOPPED = { signIns: [0, 1, 0], sessions: 0, held: ['sign-in-refused'], phase: 'stopped' } as const;

const ROWS: Readonly<Record<string, Row>> = {
  'poll-408': { fault: { kind: 'status', status: 408 }, outcome: RETRIED },
  'poll-429': { fault: { kind: 'status', status: 429, retryAfterSeconds: 1 }, outcome: RETRIED },
  'poll-500': { fault: { kind: 'status', status: 500 }, outcome: RETRIED },
  'poll-reset': { fault: { kind: 'reset' }, outcome: RETRIED },
  'poll-cut': { fault: { kind: 'cutLength', at: 0.5 }, outcome: RETRIED },
  'poll-malformed': { fault: { kind: 'malformed' }, outcome: { ...WELL, counted: ['refused-document'] } },
  'poll-503-for-long': {
    fault: { kind: 'status', count: 3 },
    outcome: { ...WELL, signIns: [2, 0, 0], counted: ['transient', 'transient', 'transient'] },
  },
  'poll-401': { fault: { kind: 'status', status: 401 }, outcome: TICKET },
  'poll-403': { fault: { kind: 'status', status: 403 }, outcome: TICKET },
  'poll-440': { fault: { kind: 'status', status: 440 }, outcome: TICKET },
  'poll-redirect': { fault: { kind: 'redirect' }, outcome: TICKET },
  'poll-html': { fault: { kind: 'html' }, outcome: TICKET },
  'ticket-revoked': { fault: { kind: 'revokedTicket' }, outcome: TICKET },
  'poll-404': { fault: { kind: 'status', status: 404 }, outcome: { ...WELL, counted: ['wrong-service'] } },
  'poll-405': { fault: { kind: 'status', status: 405 }, outcome: { ...WELL, counted: ['wrong-service'] } },
  'poll-410-as-configured': { fault: { kind: 'status', status: 410 }, outcome: SESSION },
  'session-gone': { fault: { kind: 'lostSession' }, outcome: SESSION },
  'poll-18100': { fault: refusedPoll(18100), outcome: SESSION },
  'poll-18100-for-a-request': { fault: refusedPoll(18100, 'requestFailed'), outcome: SESSION },
  'poll-rejected': { fault: refusedPoll(null, 'requestRejected'), outcome: SESSION },
  'poll-invalid': { fault: refusedPoll(null, 'requestInvalid'), outcome: SESSION },
  'poll-18101': { fault: refusedPoll(18101), outcome: RETRIED },
  'poll-18202': { fault: refusedPoll(18202), outcome: RETRIED },
  'poll-18203': { fault: refusedPoll(18203), outcome: RETRIED },
  'poll-18301': { fault: refusedPoll(18301), outcome: RETRIED },
  'poll-18302': { fault: refusedPoll(18302), outcome: RETRIED },
  'poll-18400': { fault: refusedPoll(18400), outcome: RETRIED },
  'ack-missing': {
    fault: { kind: 'envelope', attributes: { ackId: null } },
    outcome: { ...WELL, counted: ['missing'] },
  },
  'ack-no-number': {
    fault: { kind: 'envelope', attributes: { ackId: 'x' } },
    outcome: { ...WELL, counted: ['invalid'] },
  },
  'ack-lower': { fault: { kind: 'envelope', attributes: { ackId: '1' } }, outcome: { ...WELL, counted: ['lowered'] } },
  'sid-of-another': {
    fault: { kind: 'envelope', attributes: { sid: '1' } },
    outcome: { ...WELL, counted: ['foreign-session', 'foreign-session'] },
  },
  'wait-of-a-day': { fault: { kind: 'envelope', attributes: { pollWaitTime: '86400000' } }, outcome: WELL },
  'time-runs-out': { fault: { kind: 'envelope', attributes: { sessionTimeout: '5' } }, outcome: WELL },
  'lost-again-and-again': {
    fault: { kind: 'lostSession', count: null },
    outcome: {
      ...WELL,
      sessions: 3,
      gaps: ['first-start', 'session-lost', 'session-lost', 'session-lost'],
      held: ['session-losses'],
      phase: 'quarantined',
      counted: ['session-lost', 'session-lost', 'session-lost'],
    },
  },

  'open-503': opening({ kind: 'status' }),
  'open-404': opening({ kind: 'status', status: 404 }),
  'open-401': opening({ kind: 'status', status: 401 }, { signIns: [2, 0, 0] }),
  'open-18101': opening(refusedPoll(18101)),
  'open-18302': opening(refusedPoll(18302)),
  'open-18400': opening(refusedPoll(18400)),
  'open-refused': opening({ kind: 'refusal', code: 18201, sip: 403 }),
  'open-refused-with-a-new-ticket': opening(
    { kind: 'refusal', code: 18201, sip: 403, count: 2 },
    { signIns: [2, 0, 0] },
  ),
  'open-rejected': opening({ kind: 'refusal', code: null, form: 'requestRejected' }),
  'open-fails-later': opening(
    { kind: 'refusedLater', code: 18201, sip: 486 },
    { sessions: 2, gaps: ['first-start', 'session-refused'] },
  ),

  'logon-503': signingIn({ kind: 'status' }),
  'logon-404': signingIn({ kind: 'status', status: 404 }),
  'logon-reset': signingIn({ kind: 'reset' }),
  'logon-18301': signingIn(refusedPoll(18301)),
  'logon-401': signingIn({ kind: 'status', status: 401 }, STOPPED),
  'logon-redirect': signingIn({ kind: 'redirect' }, STOPPED),
  'logon-page': signingIn({ kind: 'html' }, STOPPED),
  'logon-18201': signingIn({ kind: 'refusal', code: 18201 }, STOPPED),
};

const uriOf = (row: string): string => `sip:${row}@fabrikam.example`;

function accounts(): readonly object[] {
  return Object.keys(ROWS).map((id, index) => ({
    id,
    site: 'lab',
    user: `FABRIKAM\\${id}`,
    password: 'of-all',
    uri: uriOf(id),
    watch: { users: [`sip:user${String(index + 1).padStart(5, '0')}@fabrikam.example`] },
  }));
}

function ofRow(records: readonly TailRecord[], row: string): readonly TailRecord[] {
  return records.filter(({ value }) => value.accountId === row);
}

/** The label values of a row's series of a counter, each as often as it was counted. */
function counted(page: string, name: string, row: string, label: string): readonly string[] {
  const series = page.matchAll(new RegExp(`^cwa_bridge_${name}\\{(.*)\\} (\\d+)$`, 'gm'));
  return [...series].flatMap(([, labels = '', count]) => {
    if (!labels.includes(`account="${row}"`)) return [];
    const value = new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    return Array.from({ length: Number(count) }, () => value);
  });
}

/** What came of every row so far. */
async function outcomes(stage: Stage, bridge: Awaited<ReturnType<Stage['start']>>): Promise<Record<string, Outcome>> {
  const { body: page } = await bridge.get('/metrics');
  const status = JSON.parse((await bridge.get('/status')).body) as {
    readonly accounts: readonly { readonly id: string; readonly phase: string }[];
  };
  const { ledger } = stage.simulator;
  const reasons = (type: string, row: string): readonly string[] =>
    ofRow(stage.records.ofType(type), row).map(({ value }) => String(value.reason));
  const ordinary = ['events', 'nothing', 'keep-alive', 'ran-ahead'];
  return Object.fromEntries(
    Object.keys(ROWS).map((row) => {
      const attempts = counted(page, 'sign_in_attempts_total', row, 'outcome');
      const count = (outcome: string): number => attempts.filter((value) => value === outcome).length;
      const odd = [
        ...counted(page, 'polls_total', row, 'outcome'),
        ...counted(page, 'ack_id_oddities_total', row, 'oddity'),
      ];
      return [
        row,
        {
          signIns: [count('accepted'), count('refused'), count('failed')],
          sessions: ledger.sessions.filter(({ accountUri }) => accountUri === uriOf(row)).length,
          gaps: reasons('gap', row),
          held: reasons('quarantined', row),
          phase: status.accounts.find(({ id }) => id === row)?.phase ?? 'unknown',
          counted: odd.filter((value) => !ordinary.includes(value)),
        },
      ];
    }),
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

test('every row of what a server may do ends in the records, the metrics and the sign-ins that the table says', async () => {
  const rows = Object.entries(ROWS);
  const stage = await setStage({
    simulator: {
      users: rows.length,
      accounts: rows.map(([id]) => ({ user: `FABRIKAM\\${id}`, password: 'of-all', uri: uriOf(id) })),
      faults: rows.flatMap(([id, { fault, fromStart }]) => (fromStart ? [{ ...fault, account: uriOf(id) }] : [])),
    },
    settings: {
      accounts: accounts(),
      session: {
        pollWaitMaxMs: 500,
        retryLongMs: 500,
        rebuildAfterFailures: 3,
        lossLimit: 3,
        statusClasses: ['410=session-lost'],
      },
    },
  });
  const bridge = await stage.start();
  const running = rows.filter(([, { fromStart }]) => !fromStart);
  const hasSnapshot = ([id]: readonly [string, Row]): boolean =>
    ofRow(stage.records.ofType('snapshotEnded'), id).length > 0;
  await until('the running accounts have their first snapshot', () => running.every(hasSnapshot), PATIENCE);
  for (const [id, { fault }] of running) stage.simulator.faults.arm({ ...fault, account: uriOf(id) });

  const expected = Object.fromEntries(rows.map(([id, { outcome }]) => [id, outcome]));
  const isThrough = async (): Promise<boolean> => same(await outcomes(stage, bridge), expected);
  await until('every row is through', isThrough, PATIENCE).catch(() => undefined);
  expect(await outcomes(stage, bridge)).toEqual(expected);

  // The wire agrees with the metrics.
  const wire = rows.reduce((sum, [, { outcome }]) => sum + outcome.signIns[0], 0);
  expect(stage.simulator.stats.signIns.ok).toBe(wire);
  const { text } = bridge.log;
  expect(text).toMatch(/"accountId":"wait-of-a-day"[^\n]*asks for a wait between polls beyond the bounds/);
  expect(text).toMatch(/"accountId":"time-runs-out"[^\n]*runs out of time although polls say/);
  expect(text).toMatch(/"accountId":"lost-again-and-again"[^\n]*does anything else use the account/);
  expect(text).toMatch(/"accountId":"poll-500"[^\n]*the server answered with something else than a document/);
  const verified = await runCommand(verify, ['--config', await stage.configure()]);
  // Flawless, but for the gaps of those that are held back: what happens meanwhile is declared as not known.
  const violations = verified.stderr.split('\n').filter((line) => /^[a-z-]+: /.test(line));
  const heldBack = rows.filter(([, { outcome }]) => outcome.phase !== 'open');
  expect(violations.map((line) => line.split(':')[0])).toEqual(heldBack.map(() => 'gap-open'));
}, 240_000);
