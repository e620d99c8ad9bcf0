/**
 * The beginning of a text, cut where a character ends.
 *
 * @param bytes of the text, in UTF-8.
 * @param bytesMax how many of them are kept at most; up to three fewer, so that no code point is torn.
 */
export function beginningOf(bytes: Buffer, bytesMax: number): string {
  return bytes.subarray(0, characterEnd(bytes, bytesMax)).toString('utf8');
}

/** How many bytes {@link beginningOf} keeps. */
export function characterEnd(bytes: Buffer, bytesMax: number): number {
  let end = Math.min(bytesMax, bytes.length);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
