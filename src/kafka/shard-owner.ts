import { backoffMs, type Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type ClaimRecord, claimKey, formatClaim } from './claim-record.ts';
import { FenceHistory } from './fence-history.ts';
import { KafkaError } from './kafka-error.ts';
import type { Ownership } from './ownership.ts';
import type { KafkaLog, PartitionContents, TransactionalProducer } from './port.ts';
import { ProgressImage } from './progress-image.ts';
import { ShardLostError, TopologyError } from './shard-errors.ts';
import type { ShardObserver } from './shard-observer.ts';
import { type ShardIdentity, type ShardSettings, transactionalIdOf } from './shard-settings.ts';
import type { Topology } from './topology.ts';
import { progressRecord } from './progress-record.ts';

/** After being fenced the other side is given this time to commit its claim, so that we see it and step down. */
const AFTER_FENCE_MS = 1_000;
/** From this failure in a row on it is worth a line that people see. */
const LOUD_FROM_FAILURE = 3;

export interface ShardOwnerOptions {
  readonly identity: ShardIdentity;
  readonly settings: ShardSettings;
  readonly log: KafkaLog;
  readonly topology: Topology;
  readonly ownership: Ownership;
  readonly observer: ShardObserver;
  readonly logger: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** A random text that no other process has, for the claims of this life. */
  readonly nonce: string;
}

/** The shard is ours: the producer is fenced in, and the image holds everything that is committed. */
export interface HeldShard {
  readonly producer: TransactionalProducer;
  readonly claim: number;
  /** Who claimed before us; null for a shard never claimed, or claimed last by this process. */
  readonly previousReplica: string | null;
}

/**
 * Gets a shard, at start and after every error (design §4):
 *
 *     still ours? → no newer claim? → fence → read committed to the end → commit our claim → nothing in between?
 *
 * Fencing ends the older producer and its open transaction, so what stands in the log afterwards is final: it says
 * whether a commit whose answer was lost took place. The claim is the barrier. It can be committed only if nobody
 * fenced us in the meantime, and its offset says whether the read had reached the end: "the last stable offset"
 * alone may come from a broker that has not noticed yet that it lost the leadership.
 *
 * Both questions before the fence are there for a process that wakes up after another one took over: it must not
 * fence the rightful owner.
 */
export class ShardOwner {
  readonly image: ProgressImage;
  readonly #options: ShardOwnerOptions;
  readonly #fences = new FenceHistory();
  #failures = 0;
  #hasHeld = false;
  #lastError: KafkaError | null = null;

  constructor(options: ShardOwnerOptions) {
    this.#options = options;
    this.image = new ProgressImage(options.identity.shard);
  }

  get lastError(): KafkaError | null {
    return this.#lastError;
  }

  /** A unit was committed: Kafka is well, and the next failure is a first one again. */
  recordSuccess(): void {
    const { identity, logger } = this.#options;
    const { shard } = identity;
    // Who read the warnings waits for this line.
    if (this.#failures >= LOUD_FROM_FAILURE) logger.info({ shard, failures: this.#failures }, 'shard published again');
    this.#failures = 0;
  }

  /**
   * Tries until the shard is ours.
   *
   * @param cause what ended the last producer; null at start.
   * @throws {@link ShardLostError} if the shard must be left to others.
   * @throws {@link TopologyError} if the topics are not as they must be.
   * @throws the signal's reason when it aborts.
   */
  async acquire(cause: KafkaError | null, signal: AbortSignal): Promise<HeldShard> {
    let failure = cause;
    for (;;) {
      if (failure !== null) await this.#waitAfter(failure, signal);
      signal.throwIfAborted();
      try {
        return await this.#attempt(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof KafkaError)) throw error;
        failure = error;
      }
    }
  }

  async #waitAfter(failure: KafkaError, signal: AbortSignal): Promise<void> {
    const { clock, observer, logger, identity, settings, random } = this.#options;
    this.#failures += 1;
    this.#lastError = failure;
    const isFenced = failure.kind === 'fenced';
    if (isFenced) {
      this.#fences.record(clock.monotonic());
      observer.fenced();
    }
    observer.producerReplaced({ reason: failure.kafkaCode });
    const pauseMs = Math.max(backoffMs(this.#failures, settings.backoff, random), isFenced ? AFTER_FENCE_MS : 0);
    const fields = { shard: identity.shard, failures: this.#failures, pauseMs: Math.round(pauseMs), err: failure };
    if (this.#failures >= LOUD_FROM_FAILURE || failure.kind === 'denied') logger.warn(fields, 'shard not published');
    else logger.info(fields, 'shard recovers');
    await clock.sleep(pauseMs, signal);
  }

  async #attempt(signal: AbortSignal): Promise<HeldShard> {
    const { topology, ownership, clock, identity } = this.#options;
    await topology.refresh(signal);
    if (!(await ownership.confirm(signal))) throw new ShardLostError(identity.shard, 'not-owner', this.#lastError);
    if (this.#hasHeld) await this.#look(signal);
    if (this.#fences.isRivalLikely(clock.monotonic())) {
      throw new ShardLostError(identity.shard, 'fenced-repeatedly', this.#lastError);
    }
    const producer = this.#options.log.createProducer(transactionalIdOf(identity.installation, identity.shard));
    try {
      await producer.fence(signal);
      await this.#read(signal);
      return await this.#claim(producer, signal);
    } catch (error) {
      await producer.dispose();
      throw error;
    }
  }

  /**
   * Before fencing: has somebody else claimed the shard? The end may lie before what we know to be committed, because
   * the markers of a commit are written after its answer.
   */
  async #look(signal: AbortSignal): Promise<void> {
    const contents = await this.#readOn(signal);
    if (contents.nextOffset >= this.image.nextOffset) this.#fold(contents);
  }

  /** After fencing: everything that is committed. */
  async #read(signal: AbortSignal): Promise<void> {
    const contents = await this.#readOn(signal);
    if (contents.nextOffset < this.image.nextOffset) {
      throw this.#readBehind(
        `it ends at offset ${String(contents.nextOffset)} and reached ${String(this.image.nextOffset)} before`,
      );
    }
    this.#fold(contents);
  }

  async #readOn(signal: AbortSignal): Promise<PartitionContents> {
    const { log, identity } = this.#options;
    const { progressTopic: topic, shard: partition } = identity;
    return log.readPartition({ topic, partition, fromOffset: this.image.nextOffset, signal });
  }

  /** @throws {@link ShardLostError} if somebody else has claimed the shard since we had it. */
  #fold(contents: PartitionContents): void {
    const before = this.image.claim();
    this.image.fold(contents);
    const after = this.image.claim();
    const isNewer = after !== null && after.claim !== before?.claim;
    if (this.#hasHeld && isNewer && after.nonce !== this.#options.nonce) {
      throw new ShardLostError(this.#options.identity.shard, 'claimed-by-other', this.#lastError, after.replica);
    }
  }

  async #claim(producer: TransactionalProducer, signal: AbortSignal): Promise<HeldShard> {
    const { identity, nonce, clock, observer } = this.#options;
    const { shard, shards, replica, installation, progressTopic } = identity;
    const previous = this.image.claim();
    if (previous !== null) checkShards(previous, identity);
    const claim: ClaimRecord = {
      claim: (previous?.claim ?? 0) + 1,
      replica,
      installation,
      nonce,
      shards,
      at: clock.now(),
    };
    const value = { key: claimKey(shard), value: formatClaim(claim) };
    const record = progressRecord(value, claim.at);
    const batch = { topic: progressTopic, partition: shard, records: [record] };
    const startedAt = clock.monotonic();
    // From here on a claim of ours may stand, even if we are never told.
    this.#hasHeld = true;
    const receipt = await producer.commit({ first: [batch], rest: [] }, signal);
    const durationMs = clock.monotonic() - startedAt;
    observer.transactionCommitted({ durationMs, records: 1, bytes: record.bytes, units: 0 });
    const claimOffset = receipt.nextOffset - 1n;
    if (claimOffset !== this.image.nextOffset) {
      throw this.#readBehind(
        `it was read up to offset ${String(this.image.nextOffset)} and the claim stands at ${String(claimOffset)}`,
      );
    }
    this.image.apply([value], receipt.nextOffset);
    return {
      producer,
      claim: claim.claim,
      previousReplica: previous === null || previous.nonce === nonce ? null : previous.replica,
    };
  }

  #readBehind(reason: string): KafkaError {
    const { progressTopic: topic, shard: partition } = this.#options.identity;
    return new KafkaError(
      `Kafka: ${topic}/${String(partition)} was not read to its end: ${reason}. Usual for seconds after a leader has ` +
        'moved. If it stays so, a transaction hangs (look with `kafka-transactions.sh find-hanging`), or the topic was ' +
        'made anew: then restart the bridge.',
      { kind: 'unknown', kafkaCode: 'READ_BEHIND', phase: 'read', topic, partition },
    );
  }
}

function checkShards(previous: ClaimRecord, { shard, shards, progressTopic, installation }: ShardIdentity): void {
  if (previous.shards !== shards) {
    throw new TopologyError(
      'shards-differ',
      `Shard ${String(shard)} of "${progressTopic}" was claimed with ${String(previous.shards)} shards and \`kafka.shards\` ` +
        `is ${String(shards)}. The number is fixed for the life of an installation: set it back to ${String(previous.shards)}.`,
    );
  }
  if (previous.installation !== installation) {
    throw new TopologyError(
      'progress-unreadable',
      `Shard ${String(shard)} of "${progressTopic}" belongs to the installation "${previous.installation}" and this one is ` +
        `"${installation}": set \`installation\` back, or name another progress topic.`,
    );
  }
}
