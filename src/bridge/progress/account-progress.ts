import { formatRanges, parseRanges } from '../../events/eid-ranges.ts';
import { NOTHING_SEEN, type SeenEvents } from '../../events/admit.ts';
import { formatRemembered, parseRemembered } from '../../events/forget.ts';
import { BridgeError } from '../../lib/errors.ts';
import { type AccountSignIn, NEVER_SIGNED_IN } from '../../records/state/account-edge.ts';
import { NO_ORDERS, type OrdersDone } from '../orders/orders-done.ts';
import type { RememberedRequests } from './own-requests.ts';
import { type Losses, NO_LOSSES } from './losses.ts';
import type { PendingQuery } from './pending-queries.ts';
import type { Sealed } from './sealing.ts';
import type { UserStates } from '../plans/user-fold.ts';

/** Raised when a reader of the old form would misread a record; readers take unknown fields and refuse a newer major. */
const PROGRESS_FORMAT_VERSION = 1;

/**
 * What is committed about one account, key `a/<accountId>` of the progress topic (records §4). It is written in the
 * transaction that makes the records visible which it speaks of, and nothing else says where an account stands.
 */
export interface AccountProgress {
  readonly accountId: string;
  readonly accountUri: string;
  /**
   * - `opening`: a generation was begun, its session is not yet known; an older session is never polled again.
   * - `open`: `sid` and `ackId` stand; the next poll carries them.
   * - `ended`: we signed the session out.
   * - `quarantined`: refused documents stopped the account until `poison.until`, or lost sessions until
   *   `losses.until`.
   * - `retired`: it is no longer configured, and an operator had it forgotten.
   */
  readonly state: 'opening' | 'open' | 'ended' | 'quarantined' | 'retired';
  /** Our counter of sessions; never repeats. 0 before the first. */
  readonly generation: number;
  readonly sid: string | null;
  /** The server's `ackId`, verbatim: echoed, never computed (transport §6.3). */
  readonly ackId: string;
  readonly nextSequence: number;
  readonly nextAnswer: number;
  readonly nextRid: number;
  /** What was asked last in this generation, oldest first: outcomes may still come. */
  readonly requests: readonly RememberedRequests[];
  readonly seen: SeenEvents;
  readonly watch: {
    /** Of the watch list that was subscribed in this generation; null before. */
    readonly hash: string | null;
    /**
     * Users whose first presence after our subscribe is still to come. With those who have a state they are the list
     * that is subscribed: see `watch-list.ts`.
     */
    readonly pending: readonly string[];
  };
  /** Queries of this generation that are not answered yet. */
  readonly queries: readonly PendingQuery[];
  /** Wall time of the last subscribe, for the end of the snapshot; null when none runs. */
  readonly snapshotSince: number | null;
  readonly openGapId: string | null;
  /** Whether the account itself is signed in: what its next edge is compared with. */
  readonly signIn: AccountSignIn;
  /** What is known of each watched user. In records of their own, `u/…`, in the same transaction: see the cursor. */
  readonly users: UserStates;
  /** Sessions lost of late, and how long the account waits because of them. */
  readonly losses: Losses;
  readonly poison: { readonly count: number; readonly since: number; readonly until: number | null };
  /** Refused sign-ins, committed before the next attempt, so that restarts cannot lock the account. */
  readonly logins: { readonly refusals: readonly number[]; readonly secretMark: string | null };
  /** What operators have asked for, as far as it is carried out. */
  readonly orders: OrdersDone;
  readonly sealed: Sealed | null;
  readonly committedAt: number;
  readonly claim: number;
  /** Counts the writes of this record: two values are never equal, so a reader can tell which write stands. */
  readonly revision: number;
}

/** An account that was never seen before. */
export function initialProgress(accountId: string, accountUri: string): AccountProgress {
  return {
    accountId,
    accountUri,
    state: 'ended',
    generation: 0,
    sid: null,
    ackId: '0',
    nextSequence: 1,
    nextAnswer: 1,
    nextRid: 1,
    requests: [],
    seen: NOTHING_SEEN,
    watch: { hash: null, pending: [] },
    queries: [],
    snapshotSince: null,
    openGapId: null,
    signIn: NEVER_SIGNED_IN,
    users: new Map(),
    losses: NO_LOSSES,
    poison: { count: 0, since: 0, until: null },
    logins: { refusals: [], secretMark: null },
    orders: NO_ORDERS,
    sealed: null,
    committedAt: 0,
    claim: 0,
    revision: 0,
  };
}

export function formatProgress(progress: AccountProgress): string {
  const { seen, users: _, ...rest } = progress;
  return JSON.stringify({
    formatVersion: PROGRESS_FORMAT_VERSION,
    ...rest,
    seen: { published: formatRanges(seen.published), remembered: seen.remembered.map(formatRemembered) },
  });
}

/** A progress record that this program cannot read: written by a newer version, or by something else. */
class ProgressFormatError extends BridgeError {
  constructor(accountId: string, reason: string, cause?: unknown) {
    super(
      `The committed progress of account "${accountId}" cannot be read: ${reason}. ` +
        `Run the version that wrote it, or a newer one; nothing was changed.`,
      { code: 'progress-format', disposition: 'fatal', cause, context: { accountId } },
    );
  }
}

/**
 * Reads a record of {@link formatProgress}, which says nothing of `users`. Fields that it does not know are passed over; fields that an older
 * version did not write take the value of an account never seen.
 *
 * @throws {@link ProgressFormatError} if it is not JSON or of a newer format.
 */
export function parseProgress(accountId: string, text: string): AccountProgress {
  const read = readObject(accountId, text);
  if (typeof read.formatVersion !== 'number' || read.formatVersion > PROGRESS_FORMAT_VERSION) {
    throw new ProgressFormatError(accountId, `its format version is ${JSON.stringify(read.formatVersion)}`);
  }
  const stored = read as unknown as StoredProgress;
  const { seen: written, formatVersion: _, ...rest } = stored;
  return {
    ...initialProgress(accountId, ''),
    ...rest,
    seen: { published: parseRanges(written.published), remembered: written.remembered.map(parseRemembered) },
  };
}

type StoredProgress = Omit<AccountProgress, 'seen' | 'users'> & {
  readonly formatVersion: number;
  readonly seen: { readonly published: readonly string[]; readonly remembered: readonly string[] };
};

function readObject(accountId: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProgressFormatError(accountId, 'it is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw new ProgressFormatError(accountId, 'it is not an object');
  return value as Readonly<Record<string, unknown>>;
}
