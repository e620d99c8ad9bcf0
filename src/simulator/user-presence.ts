import { unreachable } from '../lib/assert.ts';
import { freeBusy, freeBusyInstance, workingHours } from './documents/calendar.ts';
import { CONTACT_CARD_INSTANCES, contactCard } from './documents/contact-card.ts';
import { note } from './documents/note.ts';
import { services } from './documents/services.ts';
import { aggregateState } from './documents/state.ts';
import type { User, WatchedCategory } from './user.ts';
import { plain, type Element } from './xml-node.ts';

/**
 * A `userPresence` event (events §4.7), still without its eid.
 *
 * @param atMs when it was published, in milliseconds since the epoch.
 */
export function userPresence(users: readonly Element[]): Element {
  return plain('userPresence', {}, users);
}

/** A user with all instances of the named categories. An emptied category is an element without body. */
export function userElement(user: User, categories: readonly WatchedCategory[], atMs: number): Element {
  return plain(
    'user',
    { uri: user.uri, sourceNetwork: user.sourceNetwork },
    categories.flatMap((category) => instancesOf(user, category, atMs)),
  );
}

/** A user of whom the watcher sees nothing: unknown or blocked. */
export function unknownUserElement(uri: string): Element {
  return plain('user', { uri });
}

/** `cwaCategory` around a category document (events §6.1). */
export function categoryElement(
  name: string,
  attributes: { readonly instance: number; readonly version: number; readonly publishTime: string },
  body: Element,
): Element {
  return plain('cwaCategory', { name, ...attributes }, [body]);
}

function instancesOf(user: User, category: WatchedCategory, atMs: number): readonly Element[] {
  const publishTime = isoSeconds(atMs);
  const version = user.versions[category];
  const instance = (number: number, body: Element): Element =>
    categoryElement(category, { instance: number, version, publishTime }, body);
  switch (category) {
    case 'state':
      return [instance(isSignedIn(user) ? 1 : 0, aggregateState(user, publishTime))];
    case 'note': {
      const body = note(user);
      return [body === null ? plain('cwaCategory', { name: 'note' }) : instance(0, body)];
    }
    case 'contactCard':
      return CONTACT_CARD_INSTANCES.map((number) => instance(number, contactCard(user, number)));
    case 'calendarData':
      return [instance(0, workingHours(user)), instance(freeBusyInstance(user), freeBusy(user, atMs))];
    case 'services':
      return [instance(0, services(user))];
    default:
      return unreachable(category);
  }
}

/** The static aggregate (instance 0) is what remains when no endpoint is on. */
function isSignedIn(user: User): boolean {
  return user.availability >= 3000 && user.availability < 18000;
}

/** `2009-03-02T08:14:58Z` */
export function isoSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
