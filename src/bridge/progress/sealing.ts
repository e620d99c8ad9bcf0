import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/**
 * Session secrets travel in the progress topic so that the next owner polls on without a new sign-in (design §4.6).
 * They are sealed: AES-256-GCM, with the account, its generation and its session bound in as associated data, so that
 * a sealed text copied to another record does not open.
 */

/** A sealed text as it stands in the progress record; all parts base64. */
export interface Sealed {
  readonly keyId: string;
  readonly nonce: string;
  /** Ciphertext followed by the 16-byte authentication tag. */
  readonly ciphertext: string;
}

export interface SealingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** What a sealed text is bound to. */
export interface SealingContext {
  readonly installation: string;
  readonly accountId: string;
  readonly generation: number;
  readonly sid: string | null;
}

const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** Seals with the first key of the list; null without any key: then nothing secret is ever written. */
export function seal(keys: readonly SealingKey[], context: SealingContext, plaintext: string): Sealed | null {
  const [first] = keys;
  if (first === undefined) return null;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', first.key, nonce);
  cipher.setAAD(associatedData(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { keyId: first.id, nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64') };
}

/** Opens with whichever key sealed it; null if that key is gone or the text does not belong to `context`. */
export function openSealed(keys: readonly SealingKey[], context: SealingContext, sealed: Sealed): string | null {
  const key = keys.find((candidate) => candidate.id === sealed.keyId);
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  if (key === undefined || bytes.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key.key, Buffer.from(sealed.nonce, 'base64'));
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    // Authentication failed: a wrong key under a known id, or a text of another record. The caller signs in anew.
    return null;
  }
}

/**
 * A mark that changes when a secret does, to lift a stop after refused sign-ins. Keyed, so that it tells nothing to a
 * reader of the topic; null without a key, and without a secret. It begins with what tells the key: marks of two keys
 * cannot be compared, and a new key must not pass for a new secret.
 *
 * @param recorded a mark to compare with: the same key is taken, if it is still there. Without it the first key is.
 */
export function secretMark(
  keys: readonly SealingKey[],
  accountId: string,
  secret: string | null,
  recorded: string | null = null,
): string | null {
  if (secret === null) return null;
  const [first] = keys;
  const of = keys.find(({ key }) => recorded?.startsWith(keyMark(key)) === true) ?? first;
  if (of === undefined) return null;
  return keyMark(of.key) + shortHmac(of.key, `secret-mark\n${accountId}\n${secret}`);
}

/** Whether the two differ only where their secrets do. */
export function areComparable(mark: string | null, other: string | null): boolean {
  return mark !== null && other !== null && keyMarkOf(mark) === keyMarkOf(other);
}

/** By its content and not by its id: a file may get another key under the same id. */
function keyMark(key: Buffer): string {
  return `${shortHmac(key, 'key-mark')}.`;
}

function keyMarkOf(mark: string): string {
  return mark.slice(0, mark.indexOf('.') + 1);
}

function shortHmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 16);
}

function associatedData(context: SealingContext): Buffer {
  return Buffer.from(
    JSON.stringify([context.installation, context.accountId, context.generation, context.sid]),
    'utf8',
  );
}
