import { BridgeError } from '../../lib/errors.ts';
import { type CurrentRecord, currentSchema } from '../topics/current.ts';
import type { SignInState } from './sign-in-state.ts';

/** Raised when a reader of the old form would misread a state; readers take unknown fields and refuse a newer major. */
const STATE_FORMAT_VERSION = 1;

/**
 * What is committed about one user as one account sees it (records §4, key `u/<accountId>/<userUri>` of the progress
 * topic): what presence records are compared with, and what the next ones are folded into.
 */
export interface UserState {
  /** As it was published last. */
  readonly current: CurrentRecord;
  /** The last sign-in state that was not `unknown`; null if there was none. */
  readonly lastKnownState: Exclude<SignInState, 'unknown'> | null;
  /** When it was last said, in milliseconds since the epoch: an edge that is inferred happened after this. */
  readonly lastKnownAt: number | null;
  /** Since when it was so. */
  readonly lastKnownSince: number | null;
  /** Of the last state that counted, cleared since or not: nothing older counts. Null before, or if it had no time. */
  readonly statePublishedAt: number | null;
  readonly stateVersion: number | bigint | null;
  readonly stateInstance: number | bigint | null;
  /** Flagged because the session was down; a stale subscription is seen in `current.subscriptionState`. */
  readonly isSessionStale: boolean;
}

const NOTHING_KNOWN: Omit<UserState, 'current'> = {
  lastKnownState: null,
  lastKnownAt: null,
  lastKnownSince: null,
  statePublishedAt: null,
  stateVersion: null,
  stateInstance: null,
  isSessionStale: false,
};

const CURRENT_FIELDS = Object.keys(currentSchema.fields) as readonly (keyof CurrentRecord)[];

/** All that can be null is. */
const EMPTY_CURRENT: CurrentRecord = {
  ...(Object.fromEntries(CURRENT_FIELDS.map((name) => [name, null])) as unknown as CurrentRecord),
  sourceRecordId: '',
  generation: 0,
  sequence: 0,
  updatedAt: 0,
  signInState: 'unknown',
  isStale: false,
};

/** A user of whom nothing is known yet. */
export function initialUserState(accountId: string, userUri: string): UserState {
  return { current: { ...EMPTY_CURRENT, accountId, userUri }, ...NOTHING_KNOWN };
}

/** The compact form: what is null is left out, a number beyond 2^53 is a text. About 1 KB. */
export function formatUserState(state: UserState): string {
  return JSON.stringify({ formatVersion: STATE_FORMAT_VERSION, ...state }, (_, value: unknown) => {
    if (value === null) return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
}

/** A user state that this program cannot read: written by a newer version, or by something else. */
class UserStateFormatError extends BridgeError {
  constructor(key: string, reason: string, cause?: unknown) {
    super(
      `The committed state "${key}" cannot be read: ${reason}. ` +
        'Run the version that wrote it, or a newer one; nothing was changed.',
      { code: 'user-state-format', disposition: 'fatal', cause, context: { key } },
    );
  }
}

/**
 * Reads what {@link formatUserState} wrote. Fields that it does not know are passed over; what is not there is null.
 *
 * @param key where it stood, for the message.
 * @throws {@link UserStateFormatError} if it is not JSON or of a newer format.
 */
export function parseUserState(key: string, text: string): UserState {
  const read = readObject(key, text);
  const { formatVersion, current } = read;
  if (typeof formatVersion !== 'number' || formatVersion > STATE_FORMAT_VERSION) {
    throw new UserStateFormatError(key, `its format version is ${JSON.stringify(formatVersion)}`);
  }
  if (typeof current !== 'object' || current === null) throw new UserStateFormatError(key, 'it has no current state');
  try {
    const columns = known(EMPTY_CURRENT, current);
    const rest = known(NOTHING_KNOWN, read);
    return {
      current: { ...columns, availability: longOf(columns.availability) },
      ...rest,
      stateVersion: longOf(rest.stateVersion),
      stateInstance: longOf(rest.stateInstance),
    };
  } catch (cause) {
    throw new UserStateFormatError(key, 'one of its numbers is none', cause);
  }
}

/** The fields of `defaults`, as far as they are there with the values that were read. */
function known<T extends object>(defaults: T, read: object): T {
  const taken = Object.keys(defaults).filter((name) => Object.hasOwn(read, name));
  return { ...defaults, ...Object.fromEntries(taken.map((name) => [name, read[name as keyof object]])) };
}

/** @throws {SyntaxError} if a text is no number. */
function longOf(value: number | bigint | string | null): number | bigint | null {
  return typeof value === 'string' ? BigInt(value) : value;
}

function readObject(key: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserStateFormatError(key, 'it is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw new UserStateFormatError(key, 'it is not an object');
  return value as Readonly<Record<string, unknown>>;
}
