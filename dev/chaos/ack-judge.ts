import { setTimeout as delay } from 'node:timers/promises';

import type { PollSeen } from '../../src/simulator/options.ts';
import { type CommittedProgress, NOT_READABLE, type ProgressReader, type Standing } from './progress-reader.ts';

/** What the judge has seen. */
export interface JudgeReport {
  /** Polls whose acknowledgement was compared with what was committed. */
  readonly judged: number;
  /** Of these, the ones that came while Kafka could not be read: the acknowledgement had not moved. */
  readonly judgedBlind: number;
  /** Of these, the ones with a value that was committed, but is not the latest: the poll came while a newer one was. */
  readonly judgedBehind: number;
  /** Of these, the ones whose commit was readable only at a second look: it is answered before its marker is written. */
  readonly judgedLate: number;
  /** Polls that were open when the run ended. */
  readonly undecided: number;
  readonly violations: number;
  readonly examples: readonly string[];
}

/** What the judge has to know of the world. Times are of `Date.now()`. */
export interface JudgeWorld {
  readonly accountIdOf: (accountUri: string) => string;
  /** Since when all brokers run; null while one does not. */
  readonly kafkaWellSince: () => number | null;
  /** Since when no broker at all runs; null while one does. */
  readonly kafkaStoppedSince: () => number | null;
  /** When the server first gave this acknowledgement; null if it is not known. */
  readonly answeredAt: (sid: string, ackId: string) => number | null;
}

interface Case {
  readonly poll: PollSeen;
  readonly accountId: string;
  /** The last that was known when the poll came, then what was read since. */
  readonly committed: CommittedProgress[];
}

/** After a fault of Kafka a new leader may for a moment know less than the old one had promised. */
const PEACE_MS = 5_000;
/** How long a transaction may stay undecided while all brokers run, before something is wrong. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
const EXAMPLES_MAX = 5;

/**
 * Holds every poll against what Kafka has committed (I1): a poll never carries an acknowledgement that is not
 * committed for its account and session.
 *
 * The answer waits until the progress topic has been read as far as it was decided after the poll arrived. A poll is
 * guilty at once if nothing is undecided in its partition and its acknowledgement is not there. While no broker runs nothing can be
 * read; then the acknowledgement must be one that was known before, or the judgement is put off until Kafka is back.
 * One that the server gave after the only broker had stopped cannot be committed, whatever is read later.
 */
export class AckJudge {
  readonly #reader: Reader;
  readonly #world: JudgeWorld;
  readonly #open = new Set<Case>();
  /** Everything that was ever committed, as `account sid/ackId`. */
  readonly #history = new Set<string>();
  readonly #examples: string[] = [];
  #judged = 0;
  #judgedBlind = 0;
  #judgedBehind = 0;
  #judgedLate = 0;
  #undecided = 0;
  #violations = 0;
  #isClosed = false;

  constructor(world: JudgeWorld, makeReader: MakeReader) {
    this.#world = world;
    this.#reader = makeReader((accountId, progress) => {
      if (progress.state === 'open') this.#history.add(`${accountId} ${nameOf(progress)}`);
      for (const open of this.#open) if (open.accountId === accountId) open.committed.push(progress);
    });
  }

  get report(): JudgeReport {
    return {
      judged: this.#judged,
      judgedBlind: this.#judgedBlind,
      judgedBehind: this.#judgedBehind,
      judgedLate: this.#judgedLate,
      undecided: this.#undecided,
      violations: this.#violations,
      examples: this.#examples,
    };
  }

  /** Reads on to what is committed now. Never rejects. */
  catchUp(): Promise<Standing> {
    return this.#reader.catchUp();
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    await this.#reader.stop();
  }

  /** Resolves when the poll is judged. Never rejects: a violation is counted, and the run goes on. */
  async judge(poll: PollSeen): Promise<void> {
    const accountId = this.#world.accountIdOf(poll.accountUri);
    const last = this.#reader.lastRead(accountId);
    const open: Case = { poll, accountId, committed: last === undefined ? [] : [last] };
    this.#open.add(open);
    try {
      await this.#decide(open);
    } finally {
      this.#open.delete(open);
    }
  }

  async #decide(open: Case): Promise<void> {
    for (let looks = 1; ; looks += 1) {
      const standing = await this.#look();
      if (this.#history.has(`${open.accountId} ${nameOf(open.poll)}`)) {
        this.#acquit(open, looks, standing);
        return;
      }
      if (this.#isClosed) {
        this.#undecided += 1;
        return;
      }
      const guilt = this.#guiltOf(open, standing);
      if (guilt !== null) {
        this.#convict(open, guilt);
        return;
      }
      await delay(PAUSE_MS);
    }
  }

  async #look(): Promise<Standing> {
    if (this.#world.kafkaStoppedSince() !== null) return NOT_READABLE;
    return this.#reader.catchUp();
  }

  #acquit({ poll, committed }: Case, looks: number, { isCaughtUp }: Standing): void {
    const last = committed.at(-1);
    this.#judged += 1;
    if (!isCaughtUp) this.#judgedBlind += 1;
    else if (looks > 1) this.#judgedLate += 1;
    if (last?.state !== 'open' || nameOf(last) !== nameOf(poll)) this.#judgedBehind += 1;
  }

  /** Why a poll that matches nothing committed cannot be excused any longer, or null. */
  #guiltOf({ poll, committed }: Case, { isCaughtUp, undecided }: Standing): string | null {
    const stoppedSince = this.#world.kafkaStoppedSince();
    if (stoppedSince !== null) {
      const answeredAt = this.#world.answeredAt(poll.sid, poll.ackId);
      return answeredAt !== null && answeredAt > stoppedSince ? 'given and acknowledged while no broker ran' : null;
    }
    const wellSince = this.#world.kafkaWellSince();
    if (wellSince === null || !isCaughtUp) return null;
    const now = Date.now();
    const partition = committed.at(-1)?.partition;
    const isDecided = partition === undefined ? undecided.size === 0 : !undecided.has(partition);
    if (isDecided && now - wellSince > PEACE_MS) return 'while nothing was undecided';
    const waitedMs = now - Math.max(poll.at, wellSince);
    return waitedMs > PATIENCE_MS ? `not committed ${String(waitedMs)} ms later` : null;
  }

  #convict({ poll, committed }: Case, guilt: string): void {
    this.#judged += 1;
    this.#violations += 1;
    if (this.#examples.length >= EXAMPLES_MAX) return;
    const known = committed.map((progress) => `${progress.state} ${nameOf(progress)}`).join(', ');
    this.#examples.push(`${poll.accountUri} polled ${nameOf(poll)}, ${guilt}; committed: ${known}`);
  }
}

type Reader = Pick<ProgressReader, 'stop' | 'lastRead' | 'catchUp'>;

/** Makes a reader that tells every committed progress record, in order. */
export type MakeReader = (onCommitted: (accountId: string, progress: CommittedProgress) => void) => Reader;

function nameOf({ sid, ackId }: { readonly sid: string | null; readonly ackId: string }): string {
  return `${String(sid)}/${ackId}`;
}
