/**
 * What an operator asks of an account (docs/adr/0006-orders.md): a record of the orders topic, in the partition that is
 * the account's shard. It stays there until the owner of the shard has carried it out.
 */
export type OrderKind = OrderTask['kind'];

/** Where a dead letter stands in its topic, and which one it is. */
export interface LetterPlace {
  /** Of its first part. */
  readonly id: string;
  readonly partition: number;
  /** Offsets of the first part and of the last, in decimal; all parts are in one partition. */
  readonly fromOffset: string;
  readonly toOffset: string;
  /** Of the whole body, hexadecimal. */
  readonly sha256: string;
  /** Also a letter whose event was published, cut: its records then occur again, whole. */
  readonly isForced: boolean;
}

/** What is to be done, with what it needs to know. */
export type OrderTask =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'forget' }
  /** Normalised URIs; null for all that the account watches. */
  | { readonly kind: 'refresh'; readonly users: readonly string[] | null }
  | { readonly kind: 'replay'; readonly letter: LetterPlace };

export interface OrderSlip {
  /** A UUID: tells one order from another like it. */
  readonly id: string;
  readonly accountId: string;
  readonly task: OrderTask;
  /** `user@host` of whoever gave it, for people. */
  readonly by: string;
  /** When it was given, milliseconds since the epoch. */
  readonly at: number;
}

export interface Order extends OrderSlip {
  /** Its place in the partition: orders are carried out in this order. */
  readonly offset: number;
}

/** Raised when a reader of the old form would misread an order; readers take unknown fields and refuse a newer number. */
const ORDER_FORMAT_VERSION = 1;

/** The value of the record; its key is the account's id. */
export function formatOrder({ accountId, at, by, id, task }: OrderSlip): string {
  const { kind, ...args } = task;
  return JSON.stringify({ formatVersion: ORDER_FORMAT_VERSION, id, kind, accountId, args, by, at });
}

/**
 * Reads a record of {@link formatOrder}.
 *
 * @returns in words why it is none that this program can carry out.
 */
export function parseOrder(offset: number, text: string | null): Order | string {
  const read = text === null ? null : objectOf(text);
  if (read === null) return 'it is no JSON object';
  const { accountId, at, by, formatVersion, id, kind } = read;
  if (typeof formatVersion !== 'number') return 'it has no formatVersion';
  if (formatVersion > ORDER_FORMAT_VERSION) return `its format ${String(formatVersion)} is newer than this program`;
  if (typeof id !== 'string' || typeof accountId !== 'string') return 'its id or its accountId is no text';
  const task = taskOf(kind, isObject(read.args) ? read.args : {});
  if (task === null) return `its kind ${JSON.stringify(kind)} or its args are unknown here`;
  return { id, accountId, task, by: String(by), at: Number(at), offset };
}

type Json = Readonly<Record<string, unknown>>;

function taskOf(kind: unknown, args: Json): OrderTask | null {
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'sign-out':
    case 'forget':
      return { kind };
    case 'refresh':
      return args.users === null || isTexts(args.users) ? { kind, users: args.users } : null;
    case 'replay': {
      const letter = isObject(args.letter) ? letterPlaceOf(args.letter) : null;
      return letter === null ? null : { kind, letter };
    }
    default:
      return null;
  }
}

function letterPlaceOf({ fromOffset, id, isForced, partition, sha256, toOffset }: Json): LetterPlace | null {
  if (typeof id !== 'string' || typeof sha256 !== 'string' || typeof partition !== 'number') return null;
  if (!isOffset(fromOffset) || !isOffset(toOffset)) return null;
  return { id, sha256, partition, fromOffset, toOffset, isForced: isForced === true };
}

function isOffset(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
