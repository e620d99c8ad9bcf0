import { setTimeout as delay } from 'node:timers/promises';

import { Coalesced } from './coalesced.ts';
import { TopicFetcher } from './kafkajs-fetch.ts';

/** What is committed about one account: the fields of its progress record that a poll depends on. */
export interface CommittedProgress {
  readonly state: string;
  readonly sid: string | null;
  readonly ackId: string;
  /** Of the progress topic; an account stays in its own. */
  readonly partition: number;
  /** The order that was carried out last; null before the first. */
  readonly lastOrder: { readonly id: string; readonly outcome: string; readonly detail: string } | null;
}

/** How well is known what is committed. */
export interface Standing {
  /** Everything was read that was decided when it was asked. */
  readonly isCaughtUp: boolean;
  /** Partitions where a transaction was open or waited for its marker. */
  readonly undecided: ReadonlySet<number>;
}

export const NOT_READABLE: Standing = { isCaughtUp: false, undecided: new Set() };

/**
 * Reads the progress topic with `read_committed`, when it is asked to, as far as everything is decided *then*: each
 * fetch tells the last stable offset (LSO) together with the records below it. Shares no code with the bridge.
 *
 * Above the LSO there may be a transaction whose commit was answered already: a commit is answered when the decision
 * is durable, and the markers that make it readable are written after that. So whoever finds something missing has to
 * ask again until nothing is undecided.
 */
export class ProgressReader {
  readonly #topic: string;
  readonly #brokers: readonly string[];
  readonly #accounts = new Map<string, CommittedProgress>();
  /** Per partition: the offset behind the last one read. */
  readonly #positions = new Map<number, bigint>();
  readonly #onCommitted: (accountId: string, progress: CommittedProgress) => void;
  readonly #rounds: Coalesced<Standing>;
  #fetcher: TopicFetcher | null = null;
  #isClosed = false;

  /** @param onCommitted told every committed progress record, in order. */
  constructor(
    brokers: readonly string[],
    topic: string,
    onCommitted: (accountId: string, progress: CommittedProgress) => void,
  ) {
    this.#topic = topic;
    this.#brokers = brokers;
    this.#onCommitted = onCommitted;
    this.#rounds = new Coalesced(() => this.#round());
  }

  /** The last that was read; may be older than what is committed. */
  lastRead(accountId: string): CommittedProgress | undefined {
    return this.#accounts.get(accountId);
  }

  /** Reads on to where everything was decided at the time of the call, or says that it could not. Never rejects. */
  catchUp(): Promise<Standing> {
    return this.#rounds.get();
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    await this.#fetcher?.close();
  }

  async #round(): Promise<Standing> {
    if (this.#isClosed) return NOT_READABLE;
    try {
      this.#fetcher ??= await TopicFetcher.connect(this.#brokers, this.#topic);
      const undecided = new Set<number>();
      for (const partition of this.#fetcher.partitions) {
        if (!(await this.#readPartition(this.#fetcher, partition))) undecided.add(partition);
      }
      return { isCaughtUp: true, undecided };
    } catch {
      // A broker that is away, a leader that moved: the next round connects anew.
      await this.#fetcher?.close();
      this.#fetcher = null;
      await delay(RECONNECT_PAUSE_MS);
      return NOT_READABLE;
    }
  }

  /** Reads one partition to its LSO; false if something above it is undecided. */
  async #readPartition(fetcher: TopicFetcher, partition: number): Promise<boolean> {
    for (;;) {
      const position = this.#positions.get(partition) ?? 0n;
      const { messages, nextOffset, lastStableOffset, highWatermark } = await fetcher.fetch(partition, position);
      for (const { key, value } of messages) this.#take(partition, String(key), String(value));
      this.#positions.set(partition, nextOffset);
      if (nextOffset >= lastStableOffset) return lastStableOffset >= highWatermark;
      if (nextOffset === position) throw new Error('a fetch below the last stable offset brought nothing');
    }
  }

  #take(partition: number, key: string, value: string): void {
    if (!key.startsWith('a/')) return;
    const { ackId, orders, sid, state } = JSON.parse(value) as ProgressValue;
    const accountId = key.slice(2);
    const progress = { ackId, sid, state, partition, lastOrder: orders.last };
    this.#accounts.set(accountId, progress);
    this.#onCommitted(accountId, progress);
  }
}

/** What is read of a record of the progress topic. */
interface ProgressValue extends Omit<CommittedProgress, 'partition' | 'lastOrder'> {
  readonly orders: { readonly last: CommittedProgress['lastOrder'] };
}

const RECONNECT_PAUSE_MS = 100;
