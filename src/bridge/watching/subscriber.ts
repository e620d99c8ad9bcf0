import type { CommandAnswer } from '../../cwa/commands.ts';
import { TransientError } from '../../cwa/errors.ts';
import { ERROR_THROTTLED, SUBSCRIBE_PRESENCE } from '../../cwa/protocol.ts';
import type { PresenceRequest } from '../../cwa/requests.ts';
import { BridgeError } from '../../lib/errors.ts';
import { present } from '../../lib/assert.ts';
import type { RequestOutcome } from '../outcomes.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import type { OpenPhase } from '../phase.ts';
import { publishResponses } from '../publish-responses.ts';
import { chunksOf } from './subscription-chunks.ts';

/** A server that throttles is asked again after this, or after what it says. */
const THROTTLED_WAIT_MS = 5_000;
/** A user who is refused alone is asked for again after this, then after twice the time, up to the longest. */
const REFUSED_WAIT_MIN_MS = 60_000;
const REFUSED_WAIT_MAX_MS = 3_600_000;
/** Outcomes of so many requests are awaited; the oldest are forgotten, and their users go on as accepted. */
const AWAITED_MAX = 2_000;

/** Why the users of a request were refused. */
interface Refusal {
  /** Error code of the server, or the HTTP status; null if it gave none. */
  readonly code: number | null;
  readonly isThrottled: boolean;
  readonly retryAfterMs: number | null;
}

/**
 * Subscribes the users of a session in requests of `session.subscribeChunk` users, all in one POST. No server documents
 * how many it takes at once (transport §14, row 13), and one user whom it cannot take may cost all who stand beside him.
 * So a refused request is cut in halves and sent again, down to single users. A refusal of the whole document, which
 * does not say whom it is for, first has each request sent in a POST of its own.
 *
 * A user who is refused alone stays awaited, so he is listed as missing and never taken for offline. He is asked for
 * again, at most once an hour in the long run: an administrator may have enabled him by then. Of all this nothing is
 * committed: another process begins with whoever is still awaited.
 */
export class Subscriber {
  readonly #parts: BridgeParts;
  #generation = -1;
  /** Requests in one POST. */
  #requestsMax = Number.POSITIVE_INFINITY;
  /** Users whose request was refused: the longest request that they may be part of. */
  readonly #limits = new Map<string, number>();
  /** Users who are to be sent again: when, by the monotonic clock. */
  readonly #again = new Map<string, number>();
  /** Users who were refused alone: how long they wait. */
  readonly #refused = new Map<string, number>();
  /** Requests whose outcome may still come over the data channel: their users by rid. */
  readonly #awaited = new Map<string, readonly string[]>();

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** How many users the server refuses to subscribe. */
  get refusedCount(): number {
    if (this.#refused.size === 0) return 0;
    const awaited = this.#awaitedUsers();
    return [...this.#refused.keys()].filter((uri) => awaited.has(uri)).length;
  }

  /** Users whose time has come to be sent again; each is named once. */
  takeDue(): readonly string[] {
    if (this.#again.size === 0) return [];
    this.#beginGeneration();
    const now = this.#parts.clock.monotonic();
    const due = [...this.#again].filter(([, at]) => at <= now).map(([uri]) => uri);
    for (const uri of due) this.#again.delete(uri);
    const awaited = this.#awaitedUsers();
    return due.filter((uri) => awaited.has(uri));
  }

  /**
   * One POST with users of `phase.toSubscribe`: all of them, as a rule.
   *
   * @returns the phase with those who are left.
   * @throws the trouble that the answer stands for, when it is published; a refusal is none.
   */
  async subscribe(commit: Commit, phase: OpenPhase, signal: AbortSignal): Promise<OpenPhase> {
    this.#beginGeneration();
    const { client, clock, cursor, log, settings } = this.#parts;
    const sid = present(cursor.progress.sid, 'sid of an open session');
    const limitOf = (uri: string): number => this.#limits.get(uri) ?? settings.session.subscribeChunk;
    const chunks = chunksOf(phase.toSubscribe, limitOf).slice(0, this.#requestsMax);
    const requests = chunks.map((uris): PresenceRequest => ({ rid: cursor.takeRid(), uris }));
    const sent = { method: SUBSCRIBE_PRESENCE, sentAt: clock.now(), requests };
    let answered: CommandAnswer | null = null;
    try {
      answered = await client.subscribePresence({ sid, requests }, signal);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      this.#refuseDocument(requests, { code: 413, isThrottled: false, retryAfterMs: null });
    }
    if (answered !== null) {
      await publishResponses(this.#parts, commit, answered, sent);
      this.#take(requests, answered);
    }
    const users = chunks.flat();
    if (answered !== null) log.info({ users: users.length, requests: requests.length }, 'users subscribed');
    const done = new Set(users);
    return { ...phase, toSubscribe: phase.toSubscribe.filter((uri) => !done.has(uri)) };
  }

  /** Outcomes that came over the data channel, in an answer that is committed. */
  heard(outcomes: readonly RequestOutcome[]): void {
    for (const { fault, outcome, rid } of outcomes) {
      const users = this.#awaited.get(rid);
      if (users === undefined) continue;
      this.#awaited.delete(rid);
      if (outcome === 'succeeded') this.#accept(users);
      else this.#refuse(users, refusalOf(fault));
    }
  }

  #take(requests: readonly PresenceRequest[], { answer, trouble }: CommandAnswer): void {
    const { responses } = answer;
    if (trouble !== null) {
      if (!(trouble instanceof TransientError) || trouble.reason !== 'throttled') throw trouble;
      const { retryAfterMs } = trouble;
      this.#refuseDocument(requests, { code: ERROR_THROTTLED, isThrottled: true, retryAfterMs });
      return;
    }
    const whole = responses.find(({ outcome, rid }) => outcome === 'error' && rid === null);
    if (whole !== undefined) {
      this.#refuseDocument(requests, refusalOf(whole.fault));
      return;
    }
    for (const { rid, uris } of requests) {
      const response = responses.find((candidate) => candidate.rid === rid);
      switch (response?.outcome) {
        case 'failed':
        case 'rejected':
        case 'error':
          this.#refuse(uris, refusalOf(response.fault));
          break;
        case 'succeeded':
          this.#accept(uris);
          break;
        case 'accepted':
        case 'other':
        case undefined:
          this.#await(rid, uris);
      }
    }
  }

  #await(rid: string, uris: readonly string[]): void {
    this.#awaited.set(rid, uris);
    const [oldest] = this.#awaited.keys();
    if (this.#awaited.size > AWAITED_MAX && oldest !== undefined) this.#awaited.delete(oldest);
  }

  #accept(uris: readonly string[]): void {
    for (const uri of uris) this.#refused.delete(uri);
  }

  #refuseDocument(requests: readonly PresenceRequest[], refusal: Refusal): void {
    const uris = requests.flatMap((request) => request.uris);
    if (requests.length === 1) {
      this.#refuse(uris, refusal);
      return;
    }
    this.#requestsMax = 1;
    this.#sendAgain(uris, waitAfter(refusal));
    this.#parts.log.info(
      { ...refusal, requests: requests.length },
      'subscriptions refused as a whole: sent one by one',
    );
  }

  #refuse(uris: readonly string[], refusal: Refusal): void {
    const awaited = this.#awaitedUsers();
    const missing = uris.filter((uri) => awaited.has(uri));
    const [first] = missing;
    if (first === undefined) return;
    if (uris.length > 1) {
      const limit = Math.ceil(uris.length / 2);
      for (const uri of missing) this.#limits.set(uri, limit);
      this.#sendAgain(missing, waitAfter(refusal));
      this.#parts.log.info({ ...refusal, users: uris.length, limit }, 'subscription refused: sent again in halves');
    } else this.#refuseUser(first, refusal);
  }

  #refuseUser(uri: string, refusal: Refusal): void {
    const before = this.#refused.get(uri);
    const waitMs = Math.min(REFUSED_WAIT_MAX_MS, before === undefined ? REFUSED_WAIT_MIN_MS : 2 * before);
    this.#refused.set(uri, waitMs);
    this.#sendAgain([uri], Math.max(waitMs, waitAfter(refusal)));
    const { log } = this.#parts;
    const fields = { ...refusal, waitMs, refused: this.refusedCount };
    log.debug({ uri, ...fields }, 'user refused');
    if (before !== undefined) return;
    log.warn(
      fields,
      'subscription of a user refused: listed as missing and tried again; cwa.requests says whom and why',
    );
  }

  #sendAgain(uris: readonly string[], waitMs: number): void {
    const at = this.#parts.clock.monotonic() + waitMs;
    for (const uri of uris) this.#again.set(uri, at);
  }

  #awaitedUsers(): ReadonlySet<string> {
    return new Set(this.#parts.cursor.progress.watch.pending);
  }

  /** In a new session everybody is subscribed anew, and the server may have changed. */
  #beginGeneration(): void {
    const { generation } = this.#parts.cursor.progress;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#requestsMax = Number.POSITIVE_INFINITY;
    for (const known of [this.#limits, this.#again, this.#refused, this.#awaited]) known.clear();
  }
}

function refusalOf(fault: RequestOutcome['fault']): Refusal {
  const code = fault?.sip?.code ?? fault?.code ?? null;
  return { code, isThrottled: fault?.code === ERROR_THROTTLED, retryAfterMs: null };
}

function waitAfter({ isThrottled, retryAfterMs }: Refusal): number {
  return isThrottled ? (retryAfterMs ?? THROTTLED_WAIT_MS) : 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof BridgeError && error.context.statusCode === 413;
}
