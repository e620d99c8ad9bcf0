const KEY_BYTES = 32;

/** Whether the text is 32 bytes in canonical base64: an AES-256 key. */
export function isSealingKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text;
}
