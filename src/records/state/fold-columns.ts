import { CURRENT_TEXT_MAX, type CurrentRecord } from '../topics/current.ts';
import type { PresenceColumns, PresenceRecord } from '../topics/presence.ts';

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
  const { availability, categoryNames, clearedCategories } = presence;
  // Of a category that is cleared the record's own columns are null already: nothing of it is in the event.
  const isStated = availability !== null || clearedCategories.includes('state');
  return {
    ...stateColumns(categoryNames.includes('state') && isStated ? presence : known),
    ...noteColumns(categoryNames.includes('note') ? presence : known),
    ...cardColumns(categoryNames.includes('contactCard') ? presence : known),
    sourceNetwork: bounded(presence.sourceNetwork ?? known.sourceNetwork),
    iconUri: bounded(presence.iconUri ?? known.iconUri),
  };
}

function stateColumns(source: PresenceColumns) {
  const { availability, availabilityName, lastActiveAt, manual, statePublishedAt, stateStartAt } = source;
  return {
    availability,
    availabilityName,
    activityToken: bounded(source.activityToken),
    activityText: bounded(source.activityText),
    deviceType: bounded(source.deviceType),
    location: bounded(source.location),
    manual,
    statePublishedAt,
    lastActiveAt,
    stateStartAt,
  };
}

function noteColumns({ note, noteType }: PresenceColumns) {
  return { note: bounded(note), noteType: bounded(noteType) };
}

function cardColumns({ company, department, displayName, email, office, title }: PresenceColumns) {
  return {
    displayName: bounded(displayName),
    title: bounded(title),
    department: bounded(department),
    company: bounded(company),
    office: bounded(office),
    email: bounded(email),
  };
}

/** A state stays small whatever people write: the whole text is in the record that it comes from. */
function bounded(text: string | null): string | null {
  if (text === null || text.length <= CURRENT_TEXT_MAX) return text;
  const isWithinPair = /[\ud800-\udbff]/.test(text.charAt(CURRENT_TEXT_MAX - 1));
  return text.slice(0, isWithinPair ? CURRENT_TEXT_MAX - 1 : CURRENT_TEXT_MAX);
}
