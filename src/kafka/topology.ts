import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { abortable } from '../lib/abortable.ts';
import { KafkaError } from './kafka-error.ts';
import type { ClusterLayout, KafkaLog } from './port.ts';
import { TopologyError } from './shard-errors.ts';

/** A new topic is not known to every broker at once: so often and so long is asked before it counts as missing. */
const MISSING_ATTEMPTS = 4;
const MISSING_PAUSE_MS = 500;
const NEVER = new AbortController().signal;

export interface TopologyOptions {
  readonly log: KafkaLog;
  /** All topics that records go to, the progress topic not among them. */
  readonly dataTopics: readonly string[];
  readonly progressTopic: string;
  /** Number of shards of the installation, which the progress topic must have as partitions. */
  readonly shards: number;
  readonly clock: Clock;
  readonly logger: Log;
  /** How old the layout may become before it is read again behind the running transactions, in milliseconds. */
  readonly maxAgeMs: number;
}

/** A topic that has another number of partitions than before. */
export interface PartitionsChanged {
  readonly topic: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Partition counts and leaders of the topics that an installation writes to, shared by its shards. The layout is an
 * immutable value: a transaction runs to its end with the one it began with.
 */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #topics: readonly string[];
  #layout: ClusterLayout = new Map();
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | null = null;
  #isChecked = false;

  constructor(options: TopologyOptions) {
    this.#options = options;
    this.#topics = [...new Set([options.progressTopic, ...options.dataTopics])];
  }

  /** Empty before the first {@link refresh}. */
  get layout(): ClusterLayout {
    return this.#layout;
  }

  has(topic: string): boolean {
    return this.#topics.includes(topic);
  }

  /**
   * Reads the layout. Shards that ask at the same time share one answer.
   *
   * @throws {@link TopologyError} if the topics are not as the installation needs them.
   * @throws {@link KafkaError} if Kafka does not answer.
   * @throws the signal's reason when it aborts.
   */
  async refresh(signal: AbortSignal): Promise<void> {
    // Shared, so no single caller may abort it; the client's own time limits end it.
    this.#refreshing ??= this.#load(NEVER).finally(() => {
      this.#refreshing = null;
    });
    await abortable(this.#refreshing, signal);
  }

  /** Begins to read the layout again if it is old. Does not wait; an error is left to the next transaction. */
  refreshIfOld(signal: AbortSignal): void {
    const { clock, maxAgeMs, logger } = this.#options;
    if (this.#refreshing !== null || clock.monotonic() - this.#refreshedAt < maxAgeMs) return;
    this.#refreshedAt = clock.monotonic();
    this.refresh(signal).catch((error: unknown) => {
      if (!signal.aborted) logger.debug({ err: error }, 'kafka layout not refreshed');
    });
  }

  async #load(signal: AbortSignal): Promise<void> {
    const layout = await this.#loadComplete(signal);
    this.#checkShards(layout);
    if (!this.#isChecked) await this.#checkCompaction(signal);
    this.#isChecked = true;
    this.#layout = layout;
    this.#refreshedAt = this.#options.clock.monotonic();
  }

  async #loadComplete(signal: AbortSignal): Promise<ClusterLayout> {
    const { log, clock } = this.#options;
    let missing: readonly string[] = [];
    for (let attempt = 0; attempt < MISSING_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await clock.sleep(MISSING_PAUSE_MS, signal);
      signal.throwIfAborted();
      const layout = await log.layout(this.#topics, signal);
      missing = this.#topics.filter((topic) => !layout.has(topic));
      if (missing.length === 0) return layout;
    }
    throw new TopologyError(
      'topics-missing',
      `These topics do not exist: ${missing.join(', ')}. Create them with \`cwa-bridge topics --create\`.`,
    );
  }

  #checkShards(layout: ClusterLayout): void {
    const { progressTopic, shards } = this.#options;
    const partitions = layout.get(progressTopic)?.length ?? 0;
    if (partitions === shards) return;
    throw new TopologyError(
      'shards-differ',
      `The topic "${progressTopic}" has ${String(partitions)} partitions and \`kafka.shards\` is ${String(shards)}. ` +
        'The number of shards is fixed for the life of an installation: ' +
        `set \`kafka.shards\` to ${String(partitions)}, or begin a new installation with another progress topic.`,
    );
  }

  async #checkCompaction(signal: AbortSignal): Promise<void> {
    const { log, progressTopic, logger } = this.#options;
    try {
      const policy = (await log.topicSettings(progressTopic, signal)).get('cleanup.policy') ?? '';
      if (!policy.split(',').some((part) => part.trim() === 'delete')) return;
      throw new TopologyError(
        'progress-not-compacted',
        `The topic "${progressTopic}" has cleanup.policy=${policy}: Kafka would delete the progress of quiet accounts. ` +
          'Set it to `compact` alone; `cwa-bridge topics --diff` shows all settings.',
      );
    } catch (error) {
      if (!(error instanceof KafkaError) || error.kind !== 'denied') throw error;
      logger.warn({ topic: progressTopic, err: error }, 'no right to read topic settings: cleanup.policy not checked');
    }
  }
}

/** Topics whose partition count differs between two layouts. */
export function partitionChanges(before: ClusterLayout, after: ClusterLayout): readonly PartitionsChanged[] {
  const changes: PartitionsChanged[] = [];
  for (const [topic, { length: to }] of after) {
    const from = before.get(topic)?.length;
    if (from !== undefined && from !== to) changes.push({ topic, from, to });
  }
  return changes;
}
