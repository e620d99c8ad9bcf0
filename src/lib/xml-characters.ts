/** A character that XML 1.0 cannot carry, not even escaped. */
export interface ForbiddenCharacter {
  /** Where it stands, in UTF-16 code units from 0. */
  readonly index: number;
  /** Its number, or that of the unpaired surrogate. */
  readonly codePoint: number;
}

/**
 * The first character of the text that XML 1.0 cannot carry, or null: control characters other than tab, line feed
 * and carriage return, unpaired surrogates, U+FFFE and U+FFFF. There is no escape for them (`&#1;` is malformed too),
 * so they are refused where they enter, not where they would be written.
 *
 * Source: XML 1.0 (fifth edition) §2.2, production `Char`.
 */
export function findForbiddenCharacter(text: string): ForbiddenCharacter | null {
  // With the `u` flag a paired surrogate is one character above U+FFFF, and only an unpaired one matches the range.
  const index = text.search(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
  if (index === -1) return null;
  return { index, codePoint: text.codePointAt(index) ?? 0 };
}

/** A code point as Unicode writes it, at least four hexadecimal digits: `U+0000`. For messages, as it cannot be shown. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
