import { CURRENT_TEXT_MAX, type CurrentRecord } from '../topics/current.ts';
import type { PresenceColumns, PresenceRecord } from '../topics/presence.ts';

/** The columns that hang on each category, all of them replaced together. */
const COLUMNS_OF = {
  state: [
    'availability',
    'availabilityName',
    'activityToken',
    'activityText',
    'deviceType',
    'location',
    'manual',
    'statePublishedAt',
    'lastActiveAt',
    'stateStartAt',
  ],
  note: ['note', 'noteType'],
  contactCard: ['displayName', 'title', 'department', 'company', 'office', 'email'],
} as const satisfies Readonly<Record<string, readonly (keyof PresenceColumns)[]>>;

type ColumnCategory = keyof typeof COLUMNS_OF;

/** What presence columns and attributes make of a user's current state, without what says where it comes from. */
export type FoldedColumns = PresenceColumns & Pick<CurrentRecord, 'sourceNetwork' | 'iconUri'>;

/**
 * Lays what a record says over what is known (events-and-categories §4.7): for each category *name* that it mentions
 * the instances replace all earlier ones, so the columns of that name are replaced, also by null; a name that is
 * empty now clears them; a name that is not mentioned keeps them. An attribute that is absent keeps its column.
 *
 * A `state` without any availability is the one exception: it makes no statement (§7.1) and replaces nothing.
 */
export function foldColumns(known: FoldedColumns, presence: PresenceRecord): FoldedColumns {
  const columns: Partial<Record<keyof PresenceColumns, unknown>> = {};
  for (const category of Object.keys(COLUMNS_OF) as readonly ColumnCategory[]) {
    const source = isReplaced(category, presence) ? presence : known;
    for (const column of COLUMNS_OF[category]) columns[column] = bounded(source[column]);
  }
  return {
    ...(columns as unknown as PresenceColumns),
    sourceNetwork: bounded(presence.sourceNetwork ?? known.sourceNetwork),
    iconUri: bounded(presence.iconUri ?? known.iconUri),
  };
}

/** A state stays small whatever people write: the whole text is in the record that it comes from. */
function bounded<T>(value: T | string): T | string {
  if (typeof value !== 'string' || value.length <= CURRENT_TEXT_MAX) return value;
  const isWithinPair = /[\ud800-\udbff]/.test(value.charAt(CURRENT_TEXT_MAX - 1));
  return value.slice(0, isWithinPair ? CURRENT_TEXT_MAX - 1 : CURRENT_TEXT_MAX);
}

/** Of a category that is cleared the record's columns are null already: nothing of it is in the event. */
function isReplaced(category: ColumnCategory, presence: PresenceRecord): boolean {
  if (!presence.categoryNames.includes(category)) return false;
  if (category !== 'state') return true;
  return presence.availability !== null || presence.clearedCategories.includes(category);
}
