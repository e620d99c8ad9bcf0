import type { KeyConfiguration } from './configuration.ts';
import type { LatestFiles } from './latest-files.ts';

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

/**
 * The same keys, each looked up when its `key` is asked for: a file that changes counts from then on.
 *
 * @throws {@link SecretUnreadableError} if one is not good now.
 */
export function latestSecretKeys(
  keys: readonly KeyConfiguration[],
  files: LatestFiles,
): readonly { readonly id: string; readonly key: Buffer }[] {
  return keys.map(({ id, key: secret }) => {
    const latest = (): Buffer => Buffer.from(secret.latest(files, keyFault).trim(), 'base64');
    latest();
    return {
      id,
      get key() {
        return latest();
      },
    };
  });
}

function keyFault(content: Buffer): string | null {
  return isSecretKey(content.toString('latin1').trim()) ? null : 'it does not hold 32 bytes as base64';
}
