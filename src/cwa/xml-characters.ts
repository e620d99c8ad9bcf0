/** A character that XML 1.0 cannot carry, not even as a reference. */
export interface ForbiddenCharacter {
  /** Index in UTF-16 code units. */
  readonly index: number;
  /** For messages: `U+0000` and the like. The character itself may be part of a secret's shape; it is not printable. */
  readonly codePoint: string;
}

/**
 * The first character of a text that cannot stand in an XML document, or null: control characters except tab, line
 * feed and carriage return; surrogates without partner; U+FFFE and U+FFFF (XML 1.0 §2.2). `check` uses it for user
 * names and passwords, so that the mistake is found before a server sees it.
 */
export function findForbiddenCharacter(text: string): ForbiddenCharacter | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const match = /[\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{d800}-\u{dfff}\u{fffe}\u{ffff}]/u.exec(text);
  if (match === null) return null;
  const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return { index: match.index, codePoint: `U+${code}` };
}
