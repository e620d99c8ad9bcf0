import type { Category } from './categories/category.ts';
import type { ContactCard } from './categories/contact-card.ts';
import type { LocalText } from './categories/local-text.ts';
import type { PresenceColumns } from './topics/presence.ts';

/**
 * Derives the flat columns from the categories of one event. Null means that the event says nothing, never offline:
 * nothing is remembered from earlier events.
 */
export function presenceColumnsOf(categories: readonly Category[]): PresenceColumns {
  const chosen = chosenState(categories);
  const state = chosen?.state ?? null;
  const note = newestNote(categories);
  const cards = contactCards(categories);
  return {
    availability: state?.availability ?? null,
    availabilityName: state?.availabilityName ?? null,
    activityToken: state?.activityToken ?? null,
    activityText: state?.activities.find(({ custom }) => custom.length > 0)?.custom[0]?.text ?? null,
    deviceType: state?.device ?? null,
    location: state?.endpointLocation ?? null,
    note: note?.text ?? null,
    noteType: note?.type ?? null,
    displayName: firstText(cards, (card) => card.displayName),
    title: firstText(cards, (card) => card.title),
    department: firstText(cards, (card) => card.department),
    company: firstText(cards, (card) => card.company),
    office: firstText(cards, (card) => card.office),
    email: firstFilled(cards, (card) => card.email),
    manual: state?.manual ?? null,
    statePublishedAt: chosen?.publishTime ?? null,
    lastActiveAt: state?.lastActive ?? null,
    stateStartAt: state?.startTime ?? null,
  };
}

/**
 * The state that speaks for the user (events-and-categories §4.7): of those with an availability instance 1, which
 * holds while some endpoint is on, before instance 0, which remains when all are off; then the newest; then the last.
 */
export function chosenState(categories: readonly Category[]): Category | null {
  let chosen: Category | null = null;
  for (const category of categories) {
    if (category.name !== 'state' || (category.state?.availability ?? null) === null) continue;
    if (chosen === null || isPreferred(category, chosen)) chosen = category;
  }
  return chosen;
}

function isPreferred(later: Category, earlier: Category): boolean {
  const difference = preference(later) - preference(earlier);
  return difference === 0 ? isNotOlder(later, earlier) : difference > 0;
}

function preference(category: Category): number {
  if (category.instance === 1) return 2;
  return category.instance === 0 ? 1 : 0;
}

function isNotOlder(later: Category, earlier: Category): boolean {
  return (later.publishTime ?? -Infinity) >= (earlier.publishTime ?? -Infinity);
}

/** Personal and out-of-office notes are different instances of one category: the newest is shown (§7.2). */
function newestNote(
  categories: readonly Category[],
): { readonly text: string | null; readonly type: string | null } | null {
  let newest: Category | null = null;
  for (const category of categories) {
    if (category.name !== 'note' || category.note === null || category.note.bodies.length === 0) continue;
    if (newest === null || isNotOlder(category, newest)) newest = category;
  }
  return newest?.note?.bodies[0] ?? null;
}

/** A card is spread over instances; the lowest goes first, one without a number last (§7.3). */
function contactCards(categories: readonly Category[]): readonly ContactCard[] {
  const found = categories.filter(({ contactCard }) => contactCard !== null);
  const ordered = found.length < 2 ? found : found.toSorted((a, b) => compareInstances(a.instance, b.instance));
  return ordered.map(({ contactCard }) => contactCard).filter((card) => card !== null);
}

function compareInstances(a: number | bigint | null, b: number | bigint | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstText(cards: readonly ContactCard[], of: (card: ContactCard) => readonly LocalText[]): string | null {
  for (const card of cards) for (const { text } of of(card)) if (text !== '') return text;
  return null;
}

function firstFilled(cards: readonly ContactCard[], of: (card: ContactCard) => readonly string[]): string | null {
  for (const card of cards) for (const text of of(card)) if (text !== '') return text;
  return null;
}
