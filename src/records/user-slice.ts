import { CWA_NAMESPACE } from '../cwa/protocol.ts';
import type { XmlElement } from '../lib/xml.ts';

/** The `user` children of an event, in document order. */
export function usersOf(event: XmlElement): readonly XmlElement[] {
  return event.children.filter((child): child is XmlElement => isUser(child, event));
}

function isUser(child: XmlElement | string, event: XmlElement): boolean {
  if (typeof child === 'string' || child.name !== 'user') return false;
  const { namespace } = child;
  return namespace === event.namespace || namespace === '' || namespace === CWA_NAMESPACE;
}

/**
 * The event as far as it concerns one of its users: of several users only this one. What stands beside the users is
 * in the slice of the first, so that all slices together are the whole event and none is much larger than its user.
 */
export function userSlice(event: XmlElement, users: readonly XmlElement[], userIndex: number): XmlElement {
  const user = users[userIndex];
  if (users.length < 2 || user === undefined) return event;
  if (userIndex > 0) return onlyUser(event, user);
  return { ...event, children: event.children.filter((child) => child === user || !isUser(child, event)) };
}

/** The event with nothing but one of its users inside. */
export function onlyUser(event: XmlElement, user: XmlElement): XmlElement {
  return { ...event, children: [user] };
}

/** The event without its users. */
export function besideUsers(event: XmlElement): XmlElement {
  return { ...event, children: event.children.filter((child) => !isUser(child, event)) };
}

/** The `uri` attribute of a user, verbatim. */
export function uriOf(user: XmlElement): string | null {
  return ownAttribute(user, 'uri');
}

/**
 * The value of an attribute without namespace, verbatim, where no reader takes the element apart.
 *
 * @param name in lower case; letter case is ignored if the exact name is missing (events-and-categories §9).
 */
export function ownAttribute(element: XmlElement, name: string): string | null {
  const own = element.attributes.filter(({ namespace }) => namespace === '');
  const exact = own.find((attribute) => attribute.name === name);
  return (exact ?? own.find((attribute) => attribute.name.toLowerCase() === name))?.value ?? null;
}
