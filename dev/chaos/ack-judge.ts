import { setTimeout as delay } from 'node:timers/promises';

import type { PollSeen } from '../../src/simulator/options.ts';
import type { CommittedProgress, ProgressReader } from './progress-reader.ts';

/** What the judge has seen. */
export interface JudgeReport {
  /** Polls whose acknowledgement was compared with what was committed. */
  readonly judged: number;
  /** Of these, the ones that came while Kafka could not be read: the acknowledgement had not moved. */
  readonly judgedBlind: number;
  /** Of these, the ones that matched a value that was committed, but is not the latest: a commit was under way. */
  readonly judgedBehind: number;
  /** Of these, the ones whose commit became readable only after a while: it is answered before its marker is written. */
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
  /** Committed for the account: the last that was known when the poll came, then what was read since. */
  readonly committed: CommittedProgress[];
}

/** How long a decided transaction may take to become readable while all brokers run. */
const MARKER_PATIENCE_MS = 10_000;
const CATCH_UP_MS = 1_500;
const PAUSE_MS = 20;
const EXAMPLES_MAX = 5;

/**
 * Holds every poll against what Kafka has committed (I1): a poll never carries an acknowledgement that is not the
 * committed one of its account and session.
 *
 * The answer waits until the committed progress has been read up to an end that was fetched after the poll arrived.
 * While no broker runs nothing can be read; then the acknowledgement must be the last one that was known, or the
 * judgement is put off until Kafka is back. An acknowledgement that the server gave after the only broker was stopped
 * cannot have been committed while it is, whatever is read later.
 */
export class AckJudge {
  readonly #reader: ReturnType<MakeReader>;
  readonly #world: JudgeWorld;
  readonly #open = new Set<Case>();
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
      for (const { poll, committed } of this.#open) {
        if (world.accountIdOf(poll.accountUri) === accountId) committed.push(progress);
      }
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

  async start(): Promise<void> {
    await this.#reader.start();
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    await this.#reader.stop();
  }

  /** Resolves when the poll is judged. Never rejects: a violation is counted, and the run goes on. */
  async judge(poll: PollSeen): Promise<void> {
    const last = this.#reader.lastRead(this.#world.accountIdOf(poll.accountUri));
    const open: Case = { poll, committed: last === undefined ? [] : [last] };
    this.#open.add(open);
    try {
      await this.#decide(open);
    } finally {
      this.#open.delete(open);
    }
  }

  async #decide(open: Case): Promise<void> {
    for (let looks = 1; ; looks += 1) {
      const isReadable = await this.#look();
      if (open.committed.some((progress) => isOf(open.poll, progress))) {
        this.#acquit(open, looks, isReadable);
        return;
      }
      if (this.#isClosed) {
        this.#undecided += 1;
        return;
      }
      const guilt = this.#guiltOf(open, isReadable);
      if (guilt !== null) {
        this.#convict(open, guilt);
        return;
      }
      await delay(PAUSE_MS);
    }
  }

  /** Whether everything is read that was decided when this was called. */
  async #look(): Promise<boolean> {
    if (this.#world.kafkaStoppedSince() !== null) return false;
    try {
      await this.#reader.catchUp(CATCH_UP_MS);
      return true;
    } catch {
      return false;
    }
  }

  #acquit({ poll, committed }: Case, looks: number, isReadable: boolean): void {
    const last = committed.at(-1);
    this.#judged += 1;
    if (!isReadable) this.#judgedBlind += 1;
    if (looks > 1 && isReadable) this.#judgedLate += 1;
    if (last !== undefined && !isOf(poll, last)) this.#judgedBehind += 1;
  }

  /** Why a poll that matches nothing committed cannot be excused any longer, or null. */
  #guiltOf({ poll }: Case, isReadable: boolean): string | null {
    const stoppedSince = this.#world.kafkaStoppedSince();
    if (stoppedSince !== null) {
      const answeredAt = this.#world.answeredAt(poll.sid, poll.ackId);
      return answeredAt !== null && answeredAt > stoppedSince ? 'given and acknowledged while no broker ran' : null;
    }
    const wellSince = this.#world.kafkaWellSince();
    if (wellSince === null || !isReadable) return null;
    const waitedMs = Date.now() - Math.max(poll.at, wellSince);
    return waitedMs > MARKER_PATIENCE_MS ? `not committed ${String(waitedMs)} ms later` : null;
  }

  #convict({ poll, committed }: Case, guilt: string): void {
    this.#judged += 1;
    this.#violations += 1;
    const known = committed.map(({ state, sid, ackId }) => `${state} ${String(sid)}/${ackId}`).join(', ');
    if (this.#examples.length >= EXAMPLES_MAX) return;
    this.#examples.push(`${poll.accountUri} polled ${poll.sid}/${poll.ackId}, ${guilt}; committed: ${known}`);
  }
}

/** Makes a reader that tells every committed progress record, in order. */
export type MakeReader = (
  onCommitted: (accountId: string, progress: CommittedProgress) => void,
) => Pick<ProgressReader, 'start' | 'stop' | 'lastRead' | 'catchUp'>;

function isOf(poll: PollSeen, { state, sid, ackId }: CommittedProgress): boolean {
  return state === 'open' && sid === poll.sid && ackId === poll.ackId;
}
