import { assert, AssertionError, present } from '../lib/assert.ts';
import { messageOf } from '../lib/errors.ts';
import type { CommitUnit } from './commit-unit.ts';
import { takeGroup } from './grouping.ts';
import { KafkaError, toKafkaError } from './kafka-error.ts';
import { type PendingUnit, sizeOf, toPendingUnit } from './pending-unit.ts';
import type { ClusterLayout, TransactionPlan } from './port.ts';
import { RecordRejectedError, ShardLostError } from './shard-errors.ts';
import { type HeldShard, ShardOwner, type ShardOwnerOptions } from './shard-owner.ts';
import { type PartitionsChanged, partitionChanges } from './topology.ts';
import { planTransaction } from './transaction-plan.ts';

/**
 * Publishes for one shard: one partition of the progress topic, one transactional id, one transaction at a time.
 *
 *     commit(unit) ─► waiting ─► group ─► transaction ─► committed: resolved
 *                        ▲                    │ any error
 *                        │                    ▼
 *                        └──────────── ShardOwner.acquire: fence, read back, claim
 *                                             │
 *                      committed after all: resolved │ not committed: a suspect, retried alone
 *                                                                  │ refused alone: RecordRejectedError
 *
 * Units that arrive while a transaction runs are gathered for the next one; nothing lingers. After an error nobody
 * knows which unit was to blame, so each is tried alone once before groups go on: one that the broker will never take
 * is then found out and does not hold up the others.
 *
 * `commit` stays pending while Kafka is away. It never guesses: it resolves when the unit is certainly committed.
 */
export interface ShardOptions extends ShardOwnerOptions {
  /** A topic has another number of partitions; called before the first transaction that uses it. */
  readonly onPartitionsChanged: (change: PartitionsChanged) => void;
}

export interface RecoveredShard {
  readonly shard: number;
  readonly claim: number;
  /** Everything that is committed in the shard's partition, without the claim. */
  readonly progress: ReadonlyMap<string, string>;
  /** Who published before; null if nobody did. */
  readonly previousReplica: string | null;
}

export interface ShardStatus {
  readonly shard: number;
  readonly state: 'new' | 'starting' | 'claimed' | 'recovering' | 'stopped' | 'lost';
  /** Number of the current or last claim; null before the first. */
  readonly claim: number | null;
  /** Wall time of the last committed unit, in milliseconds since the epoch. */
  readonly lastCommitAt: number | null;
  readonly lastErrorCode: string | null;
  /** Units that wait or are under way, and their size. */
  readonly pendingUnits: number;
  readonly pendingBytes: number;
}

export class Shard {
  readonly #options: ShardOptions;
  readonly #owner: ShardOwner;
  readonly #waiting: PendingUnit[] = [];
  /** Units of failed transactions that are certainly not committed. */
  #suspects: PendingUnit[] = [];
  /** Everything that is not settled yet, by account. */
  readonly #pending = new Map<string, PendingUnit>();
  readonly #stopping = new AbortController();
  #state: ShardStatus['state'] = 'new';
  #held: HeldShard | null = null;
  #lost: Error | null = null;
  #layout: ClusterLayout = new Map();
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #lastCommitAt: number | null = null;
  #claim: number | null = null;
  #nextTransactionAt = 0;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#owner = new ShardOwner(options);
  }

  get status(): ShardStatus {
    let pendingBytes = 0;
    for (const { bytes } of this.#pending.values()) pendingBytes += bytes;
    return {
      shard: this.#options.identity.shard,
      state: this.#state,
      claim: this.#claim,
      lastCommitAt: this.#lastCommitAt,
      lastErrorCode: this.#owner.lastError?.kafkaCode ?? null,
      pendingUnits: this.#pending.size,
      pendingBytes,
    };
  }

  /**
   * Gets the shard, however long Kafka is away, and begins to publish for it. Once only.
   *
   * @throws {@link ShardLostError} if the shard must be left to others.
   * @throws {@link TopologyError} if the topics are not as they must be.
   * @throws the signal's reason when it aborts.
   */
  async start(signal: AbortSignal): Promise<RecoveredShard> {
    assert(this.#state === 'new', 'a shard is started once');
    this.#state = 'starting';
    const held = await this.#acquire(null, AbortSignal.any([signal, this.#stopping.signal]));
    this.#owner.recordSuccess();
    this.#layout = this.#options.topology.layout;
    const progress = this.#owner.image.snapshot();
    this.#running = this.#run();
    const { claim, previousReplica } = held;
    return { shard: this.#options.identity.shard, claim, progress, previousReplica };
  }

  /**
   * Publishes a unit: its records and its progress, together or not at all. An account has one unit under way at a
   * time: the next one follows from what this one leads to.
   *
   * @throws {@link RecordRejectedError} if the broker refuses this unit, also alone; nothing of it is visible.
   * @throws {@link ShardLostError} if this replica stepped down; whether the unit is committed is then not known here.
   * @throws {@link TopologyError} if the topics were changed so that the shard cannot go on.
   */
  async commit(unit: CommitUnit): Promise<void> {
    assert(this.#state !== 'new' && this.#state !== 'starting', 'the shard is not started');
    if (this.#lost !== null) throw this.#lost;
    assert(!this.#pending.has(unit.accountId), `account ${unit.accountId} has a unit under way`);
    const { topology } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    for (const { topic } of unit.records) assert(topology.has(topic), `topic ${topic} was not named at start`);
    const pending = toPendingUnit(unit, this.#options.clock.now(), {
      resolve: () => {
        resolve(undefined);
      },
      reject,
    });
    this.#pending.set(unit.accountId, pending);
    this.#waiting.push(pending);
    this.#wake();
    await promise;
  }

  /**
   * Lets the running transaction finish and ends. Units that wait are refused with {@link ShardLostError}. Does not
   * wait for Kafka to come back.
   */
  async stop(): Promise<void> {
    this.#lost ??= new ShardLostError(this.#options.identity.shard, 'stopped');
    this.#stopping.abort(this.#lost);
    this.#wake();
    await this.#running;
    this.#rejectAll(this.#lost);
    await this.#held?.producer.dispose();
    if (this.#state !== 'lost') this.#state = 'stopped';
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) {
        await this.#arrival();
        await this.#round();
      }
    } catch (error) {
      if (this.#stopping.signal.aborted && !(error instanceof AssertionError)) return;
      this.#lose(error instanceof Error ? error : new Error(messageOf(error)));
      // A broken promise of our own code ends the process.
      if (error instanceof AssertionError) throw error;
    }
  }

  async #arrival(): Promise<void> {
    if (this.#waiting.length > 0 || this.#suspects.length > 0 || this.#stopping.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => {
      resolve(undefined);
    };
    await promise;
  }

  /** Each suspect alone, once; then one group. A suspect that fails for another reason waits for the next round. */
  async #round(): Promise<void> {
    const { settings } = this.#options;
    const suspects = this.#suspects;
    this.#suspects = [];
    for (const suspect of suspects) await this.#publish([suspect], true);
    await this.#pause();
    const group = takeGroup(this.#waiting, settings.groupBytesMax);
    if (group.length > 0) await this.#publish(group, false);
  }

  async #pause(): Promise<void> {
    const { clock } = this.#options;
    const pauseMs = this.#nextTransactionAt - clock.monotonic();
    if (pauseMs > 0) await clock.sleep(pauseMs, this.#stopping.signal);
  }

  async #publish(units: readonly PendingUnit[], isAlone: boolean): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    try {
      await this.#transact(units, isAlone);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      await this.#resolveFailed(units, isAlone, toKafkaError(error, 'a transaction', { phase: 'commit' }));
    }
  }

  async #transact(units: readonly PendingUnit[], isAlone: boolean): Promise<void> {
    const { clock, observer, settings } = this.#options;
    const held = present(this.#held, 'producer of a claimed shard');
    const plan = this.#plan(units, isAlone);
    const startedAt = clock.monotonic();
    let receipt;
    try {
      // No signal: a running transaction may finish when the shard stops, and every step of it has a time limit.
      receipt = await held.producer.commit(plan, UNINTERRUPTED);
    } catch (error) {
      const isOver = clock.monotonic() - startedAt >= settings.transactionTimeoutMs;
      throw isOver && error instanceof KafkaError && error.kind === 'fenced' ? transactionTimedOut(error) : error;
    }
    const endedAt = clock.monotonic();
    this.#nextTransactionAt = endedAt + settings.pauseAfterCommitMs;
    this.#owner.image.apply(
      units.flatMap(({ unit }) => unit.progress),
      receipt.nextOffset,
    );
    this.#owner.recordSuccess();
    for (const unit of units) this.#resolve(unit);
    observer.transactionCommitted({ durationMs: endedAt - startedAt, units: units.length, ...sizeOf(units) });
  }

  #plan(units: readonly PendingUnit[], isIsolated: boolean): TransactionPlan {
    const { identity, settings, topology } = this.#options;
    this.#adoptLayout();
    topology.refreshIfOld(this.#stopping.signal);
    return planTransaction({
      progress: {
        topic: identity.progressTopic,
        partition: identity.shard,
        records: units.flatMap(({ progress }) => progress),
      },
      records: units.flatMap(({ unit }) => unit.records),
      layout: this.#layout,
      batchBytesMax: settings.batchBytesMax,
      isIsolated,
    });
  }

  #adoptLayout(): void {
    const { topology, onPartitionsChanged } = this.#options;
    const changes = partitionChanges(this.#layout, topology.layout);
    this.#layout = topology.layout;
    for (const change of changes) onPartitionsChanged(change);
  }

  /** The transaction failed. Gets the shard back and decides each unit by what is committed. */
  async #resolveFailed(units: readonly PendingUnit[], isAlone: boolean, failure: KafkaError): Promise<void> {
    const { observer } = this.#options;
    observer.transactionFailed({ code: failure.kafkaCode, phase: failure.phase });
    this.#state = 'recovering';
    await this.#held?.producer.dispose();
    this.#held = null;
    await this.#acquire(failure, this.#stopping.signal);
    for (const unit of units) {
      const committed = this.#owner.image.isCommitted(unit.unit);
      if (failure.phase === 'commit') observer.ambiguousResolved({ committed });
      if (committed) this.#resolve(unit);
      else if (isAlone && failure.kind === 'rejected')
        this.#reject(unit, new RecordRejectedError(unit.accountId, failure));
      else this.#suspects.push(unit);
    }
  }

  async #acquire(cause: KafkaError | null, signal: AbortSignal): Promise<HeldShard> {
    const held = await this.#owner.acquire(cause, signal);
    this.#held = held;
    this.#claim = held.claim;
    this.#state = 'claimed';
    return held;
  }

  #resolve(unit: PendingUnit): void {
    this.#lastCommitAt = this.#options.clock.now();
    this.#pending.delete(unit.accountId);
    unit.resolve();
  }

  #reject(unit: PendingUnit, error: Error): void {
    this.#pending.delete(unit.accountId);
    unit.reject(error);
  }

  #lose(error: Error): void {
    this.#lost = error;
    this.#state = 'lost';
    this.#stopping.abort(error);
    this.#options.logger.error({ shard: this.#options.identity.shard, err: error }, 'shard lost');
    this.#rejectAll(error);
  }

  #rejectAll(error: Error): void {
    this.#waiting.length = 0;
    this.#suspects.length = 0;
    for (const unit of this.#pending.values()) unit.reject(error);
    this.#pending.clear();
  }
}

const UNINTERRUPTED = new AbortController().signal;

/** The broker ended our transaction for its age; that looks like fencing and is no rival. */
function transactionTimedOut(cause: KafkaError): KafkaError {
  return new KafkaError('Kafka: the transaction was older than its time limit, and the broker aborted it.', {
    kind: 'unknown',
    kafkaCode: 'TRANSACTION_TIMED_OUT',
    phase: cause.phase,
    cause,
  });
}
