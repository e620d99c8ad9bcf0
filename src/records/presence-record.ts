import { PRESENCE_SUBSCRIPTION_STATE, USER_PRESENCE } from '../cwa/protocol.ts';
import type { AdmittedEvent } from '../events/ordered-event.ts';
import { serializeXml, type XmlElement } from '../lib/xml.ts';
import { type Category, readCategory } from './categories/category.ts';
import { readRawCategories } from './categories/raw-category.ts';
import { presenceColumnsOf } from './presence-columns.ts';
import type { ElementReader } from './reading/element-reader.ts';
import type { RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import { TOPICS, type DataRecord } from './topics/topics.ts';

/** Whose presence one record holds, and where in the event it stands. */
export interface PresenceSubject {
  readonly isSelf: boolean;
  /** Normalised; null where the event does not say who it is: the key is then the account. */
  readonly uri: string | null;
  readonly uriRaw: string | null;
  readonly userIndex: number;
  readonly userCount: number;
  /** The part of the event that the record is about; written only where `raw` is wanted. */
  readonly slice: () => XmlElement;
}

/**
 * The record of one subject: reads its element to the end.
 *
 * All presence events share one shape (records §4), so what one of them is not documented to carry is typed all the
 * same where it occurs. The one exception is `state`, which is a subscription's state only in the event of that name.
 *
 * @param rid the event's.
 */
export function presenceRecord(
  event: AdmittedEvent,
  context: RecordContext,
  reader: ElementReader,
  rid: string | null,
  subject: PresenceSubject,
): DataRecord {
  const { findings } = reader;
  const sourceNetwork = reader.token('sourceNetwork');
  const iconUri = reader.attribute('iconUri');
  const subscriptionState = event.name === PRESENCE_SUBSCRIPTION_STATE ? reader.token('state') : null;
  const categories = reader.all('cwaCategory', readCategory);
  const rawCategories = readRawCategories(reader);
  reader.finish();
  const facts = {
    recordType: event.name,
    schemaVersion: TOPICS.presence.version,
    subjectUri: subject.uri,
    subjectUriRaw: subject.uriRaw,
    rid,
    userIndex: subject.userIndex,
    userCount: subject.userCount,
    origin: originOf(event, context, subject),
    raw: context.includeRaw ? findings.bounded('raw', serializeXml(subject.slice())) : null,
  };
  return {
    topic: 'presence',
    value: {
      ...eventHead(event, context, facts, findings),
      isSelf: subject.isSelf,
      sourceNetwork,
      iconUri,
      subscriptionState,
      ...categoryNames(categories),
      ...presenceColumnsOf(categories),
      previous: null,
      categories,
      rawCategories,
    },
  };
}

/** What can be said with most certainty to have caused the event; only a `userPresence` can answer us (records §3). */
function originOf(event: AdmittedEvent, context: RecordContext, { uri }: PresenceSubject): string {
  if (event.isReplay) return 'replay';
  if (event.name !== USER_PRESENCE || uri === null) return 'live';
  if (context.isQuery(uri)) return 'query';
  return context.isSnapshot(uri) ? 'snapshot' : 'live';
}

/** The names that the event speaks about, and of these the ones that have no instance left. */
function categoryNames(categories: readonly Category[]): {
  readonly categoryNames: readonly string[];
  readonly clearedCategories: readonly string[];
} {
  const isCleared = new Map<string, boolean>();
  for (const { name, empty } of categories) {
    if (name !== '') isCleared.set(name, empty && isCleared.get(name) !== false);
  }
  const names = [...isCleared.keys()];
  return { categoryNames: names, clearedCategories: names.filter((name) => isCleared.get(name)) };
}
