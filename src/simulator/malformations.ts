import { unreachable } from '../lib/assert.ts';
import type { Malformation } from './faults.ts';

/**
 * Damages a document so that no conforming reader can take it.
 *
 * `blankInTag` and `strayQuote` are the two mistakes of the page that this project began with
 * (`< requestAccepted rid="4" />`, `< requestFailed" rid="6">`).
 */
export function malform(body: string, malformation: Malformation): Buffer {
  switch (malformation) {
    case 'blankInTag':
      return Buffer.from(changeChildTag(body, (name) => `< ${name}`));
    case 'strayQuote':
      return Buffer.from(changeChildTag(body, (name) => `<${name}"`));
    case 'missingEndTag':
      return Buffer.from(body.replace(/(<\/\w+>|\/>)\s*$/, (end) => (end.startsWith('/') ? '>' : '')));
    case 'badUtf8':
      return insertBytes(body, [0xc3, 0x28]);
    case 'controlCharacter':
      return insertBytes(body, [0x01]);
    case 'doctype': {
      const root = body.indexOf('<cwa');
      return Buffer.from(`${body.slice(0, root)}<!DOCTYPE cwaEvents [<!ENTITY tide "high">]>${body.slice(root)}`);
    }
    case 'undeclaredPrefix':
      return Buffer.from(body.replace(/<cwa\w+/, (tag) => `${tag} tide:level="3"`));
    default:
      return unreachable(malformation);
  }
}

/** Changes the start tag of the root's first child, or of the root if it has none. */
function changeChildTag(body: string, change: (name: string) => string): string {
  const root = /<cwa\w+[^>]*>\s*/.exec(body);
  const from = root === null ? 0 : root.index + root[0].length;
  const rest = body.slice(from);
  return /^<\w/.test(rest)
    ? body.slice(0, from) + rest.replace(/^<(\w+)/, (_, name: string) => change(name))
    : body.replace(/<(cwa\w+)/, (_, name: string) => change(name));
}

/** Before the last tag begins, where text may stand. */
function insertBytes(body: string, bytes: readonly number[]): Buffer {
  const at = body.lastIndexOf('<');
  return Buffer.concat([Buffer.from(body.slice(0, at)), Buffer.from(bytes), Buffer.from(body.slice(at))]);
}
