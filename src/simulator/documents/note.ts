import { NOTE_NAMESPACE } from '../namespaces.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const el = vocabulary(NOTE_NAMESPACE);

/**
 * The note (events §7.2), or null if the user has none. Every seventh one is written as CDATA, which a reader must not
 * notice.
 */
export function note(user: User): Element | null {
  if (user.note === null) return null;
  const body = el('body', { type: user.noteType, uri: user.versions.note % 3 === 0 ? '' : undefined }, user.note);
  return el('note', {}, [user.versions.note % 7 === 6 ? { ...body, cdata: true } : body]);
}
