import type { XmlElement, XmlNode } from '../../../../src/lib/xml.ts';
import { type FoldedPresence, foldPresence } from '../../../../src/records/state/fold-presence.ts';
import type { UserState } from '../../../../src/records/state/user-state.ts';
import type { PresenceRecord } from '../../../../src/records/topics/presence.ts';
import { category, element, note, presenceOf, state } from '../builders.ts';

export const MAREN = 'sip:maren.holt@northpier.example';
export const T0 = 1_700_000_000_000;

/** What a record may have besides its categories. */
export interface Told {
  readonly at?: number;
  readonly origin?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The presence record of one `userPresence` about Maren. */
export function presence(
  categories: readonly XmlNode[],
  { at = T0, origin = 'live', attributes = {} }: Told = {},
): PresenceRecord {
  const user = element('user', { uri: MAREN, ...attributes }, ...categories);
  return { ...recordOf(element('userPresence', { eid: '10' }, user), at), origin };
}

/** The presence record of one `presenceSubscriptionState` about Maren. */
export function subscription(word: string, { at = T0 }: Told = {}): PresenceRecord {
  const user = element('user', { uri: MAREN, state: word });
  return recordOf(element('presenceSubscriptionState', { eid: '10' }, user), at);
}

function recordOf(root: XmlElement, receivedAt: number): PresenceRecord {
  const [record] = presenceOf(root, { receivedAt });
  if (record === undefined) throw new Error('no record');
  return record;
}

/** An aggregate state; without a time unless it is given. */
export function available(
  availability: number | bigint | null,
  { token, ...attributes }: Readonly<Record<string, string>> = {},
): XmlNode {
  const activity = token === undefined ? [] : [element('activity', { token })];
  const number = availability === null ? [] : [element('availability', {}, String(availability))];
  return category('state', { instance: '1', ...attributes }, state({}, ...number, ...activity));
}

export function personalNote(text: string): XmlNode {
  return category('note', { instance: '0' }, note(element('body', { type: 'personal' }, text)));
}

export const CONTEXT = { gapId: 'gap-1', flapMs: 60_000 };

/** Folds records one after the other; what comes of each. */
export function foldAll(records: readonly PresenceRecord[], from: UserState | null = null): readonly FoldedPresence[] {
  const folded: FoldedPresence[] = [];
  for (const record of records) folded.push(foldPresence(folded.at(-1)?.state ?? from, record, CONTEXT));
  return folded;
}

/** What comes of the last record. */
export function foldLast(records: readonly PresenceRecord[], from: UserState | null = null): FoldedPresence {
  const last = foldAll(records, from).at(-1);
  if (last === undefined) throw new Error('no record');
  return last;
}
