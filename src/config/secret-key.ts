import type { KeyConfiguration } from './configuration.ts';

const KEY_BYTES = 32;

/** Whether the text is 32 bytes in canonical base64: a key for AES-256 or HMAC-SHA-256. */
export function isSecretKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text;
}

/**
 * The keys as they are now, in the order of the configuration.
 *
 * @throws {@link SecretUnreadableError}
 */
export async function readSecretKeys(
  keys: readonly KeyConfiguration[],
): Promise<readonly { readonly id: string; readonly key: Buffer }[]> {
  return Promise.all(keys.map(async ({ id, key }) => ({ id, key: Buffer.from((await key.read()).trim(), 'base64') })));
}
