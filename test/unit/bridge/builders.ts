import { type AccountProgress, initialProgress } from '../../../src/bridge/progress/account-progress.ts';
import type { Plan, PlanContext, PlanSettings } from '../../../src/bridge/plans/plan.ts';
import type { ReceivedAnswer } from '../../../src/bridge/plans/plan-answer.ts';
import type { BridgeSettings, SessionSettings } from '../../../src/bridge/settings.ts';
import { normalizeSettings } from '../../../src/commands/normalize-settings.ts';
import type { CommandAnswer } from '../../../src/cwa/commands.ts';
import { responsesAnswerOf } from '../../../src/cwa/documents/responses.ts';
import type { BridgeError } from '../../../src/lib/errors.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';

export const ACCOUNT_URI = 'sip:pilot@harbour.example';
export const USERS = ['sip:anna@harbour.example', 'sip:ben@harbour.example'];
export const NOW = 1_700_000_000_000;

export function bridgeSettings(session: Partial<SessionSettings> = {}): BridgeSettings & PlanSettings {
  const plan = normalizeSettings({
    installation: 'cwa-bridge',
    site: 'harbour',
    accountId: 'pilot',
    accountUri: ACCOUNT_URI,
    includeRaw: false,
  });
  return {
    ...plan,
    account: { ...plan.account, users: USERS },
    session: { ...plan.session, ...session },
    initiate: { localeId: 1033, securityMode: 'private', userStateAvailability: 3500 },
    isUserActive: true,
    sealingKeys: [],
    replica: 'replica-1',
  };
}

/** The world at {@link NOW}; gap ids are counted. */
export function planContext(overrides: Partial<PlanContext> = {}): PlanContext {
  let gaps = 0;
  const newId = (): string => `gap-${String((gaps += 1))}`;
  return { settings: bridgeSettings(), now: NOW, newId, claim: 3, ...overrides };
}

/** An account whose session is open and whose snapshot has ended. */
export function openProgress(overrides: Partial<AccountProgress> = {}): AccountProgress {
  return {
    ...initialProgress('pilot', ACCOUNT_URI),
    state: 'open',
    generation: 1_600_000_000,
    sid: '412',
    ackId: '7',
    nextSequence: 20,
    nextAnswer: 5,
    ...overrides,
  };
}

export function event(name: string, eid: string | null, ...children: readonly (XmlElement | string)[]): XmlElement {
  const attributes = eid === null ? [] : [{ name: 'eid', namespace: '', value: eid }];
  return { name, namespace: '', attributes, children };
}

/** A `userPresence` that speaks of these users and says nothing about them. */
export function presenceOf(eid: string, ...uris: readonly string[]): XmlElement {
  const users = uris.map((uri) => ({
    ...event('user', null),
    attributes: [{ name: 'uri', namespace: '', value: uri }],
  }));
  return event('userPresence', eid, ...users);
}

/** An event `subscribers` with these attributes. */
export function subscribersOf(eid: string, ...subscribers: readonly Readonly<Record<string, string>>[]): XmlElement {
  return event('subscribers', eid, ...subscribers.map((attributes) => response('subscriber', attributes)));
}

export function received(
  events: readonly XmlElement[],
  envelope: { readonly ackId?: string | null; readonly sid?: string | null; readonly polledAckId?: string } = {},
): ReceivedAnswer {
  const { ackId = '9', sid = '412', polledAckId = '7' } = envelope;
  const times = { pollWaitTimeMs: null, sessionTimeoutSeconds: null };
  return {
    answer: { sid, ackId, eid: null, ...times, warnings: [], events },
    polledAckId,
    receivedAt: NOW - 50,
  };
}

/** An answer to a request. */
export function response(name: string, attributes: Readonly<Record<string, string>>): XmlElement {
  const list = Object.entries(attributes).map(([key, value]) => ({ name: key, namespace: '', value }));
  return { name, namespace: '', attributes: list, children: [] };
}

/** An answer of the command channel with these elements in it, `cwaEvents` among them. */
export function commandAnswer(elements: readonly XmlElement[] = [], trouble: BridgeError | null = null): CommandAnswer {
  const root = { ...event('cwaResponses', null), children: elements };
  return { answer: responsesAnswerOf(root), receivedAt: NOW - 20, trouble };
}

/** What a test looks at in a record. */
export interface PlannedValue {
  readonly recordType: string;
  readonly generation: number;
  readonly sequence: number;
  readonly [field: string]: unknown;
}

/** The records that have the head. */
export function valuesOf({ records }: Pick<Plan, 'records'>): readonly PlannedValue[] {
  const values = records.flatMap(({ value }) => (value === null ? [] : [JSON.parse(String(value)) as PlannedValue]));
  return values.filter(({ recordType }: Partial<PlannedValue>) => recordType !== undefined);
}

/** `recordType@generation.sequence` of each record. */
export function placesOf(plan: Pick<Plan, 'records'>): readonly string[] {
  return valuesOf(plan).map((value) => `${value.recordType}@${String(value.generation)}.${String(value.sequence)}`);
}
