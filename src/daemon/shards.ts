import { randomUUID } from 'node:crypto';

import type { BridgeConfiguration } from '../config/configuration.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import { SOLE_OWNER } from '../kafka/ownership.ts';
import { type RecoveredShard, Shard } from '../kafka/shard.ts';
import type { ShardObserver } from '../kafka/shard-observer.ts';
import { SHARD_DEFAULTS } from '../kafka/shard-settings.ts';
import { type PartitionsChanged, Topology } from '../kafka/topology.ts';
import { present } from '../lib/assert.ts';
import type { Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { partitionOf } from '../lib/murmur2.ts';
import { ALL_TOPICS, type PublishedTopic } from '../records/topics/topics.ts';

/** How old the picture of partitions and leaders may become while transactions run. */
const TOPOLOGY_AGE_MS = 60_000;

export interface ShardParts {
  readonly configuration: BridgeConfiguration;
  readonly kafka: KafkajsLog;
  readonly replica: string;
  readonly observer: ShardObserver;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
}

/** One shard that this process holds, with what was committed in it when it was taken. */
export interface HeldShard {
  readonly shard: Pick<Shard, 'commit' | 'status'>;
  readonly recovered: RecoveredShard;
  /** Makes the function by which one account learns of topics with another number of partitions, each once. */
  readonly partitionChangesFor: (accountId: string) => () => readonly PartitionsChanged[];
}

/** All shards of the installation: the only replica owns them all. */
export class Shards {
  readonly #shards: readonly Shard[];
  #held: readonly HeldShard[] = [];
  /** What each account has not been told yet, by shard. */
  readonly #untold: readonly Map<string, PartitionsChanged[]>[];

  constructor(parts: ShardParts) {
    const { clock, configuration, kafka, log, observer, random, replica } = parts;
    const { installation, kafka: settings } = configuration;
    const { names } = settings.topics;
    const dataTopics = (Object.keys(ALL_TOPICS) as PublishedTopic[]).map((topic) => names[topic]);
    const progressTopic = names.progress;
    const shards = settings.shards;
    const topology = new Topology({
      log: kafka,
      dataTopics,
      progressTopic,
      shards,
      clock,
      logger: log,
      maxAgeMs: TOPOLOGY_AGE_MS,
    });
    this.#untold = Array.from({ length: shards }, () => new Map<string, PartitionsChanged[]>());
    this.#shards = Array.from({ length: shards }, (_, shard) => {
      return new Shard({
        identity: { shard, shards, installation, replica, progressTopic },
        settings: { ...SHARD_DEFAULTS, ...settings },
        log: kafka,
        topology,
        ownership: SOLE_OWNER,
        observer,
        logger: log,
        clock,
        random,
        nonce: randomUUID(),
        onPartitionsChanged: (change) => {
          log.warn({ ...change }, 'partitions changed: the new count is used from the next transaction');
          for (const untold of this.#untold[shard]?.values() ?? []) untold.push(change);
        },
      });
    });
  }

  /** Takes every shard; waits for Kafka as long as it is away. */
  async start(signal: AbortSignal): Promise<void> {
    this.#held = await Promise.all(
      this.#shards.map(async (shard, index) => ({
        shard,
        recovered: await shard.start(signal),
        partitionChangesFor: (accountId: string) => {
          const untold: PartitionsChanged[] = [];
          this.#untold[index]?.set(accountId, untold);
          return () => untold.splice(0);
        },
      })),
    );
  }

  /** The shard of an account (design §1): `murmur2(accountId) mod shards`. */
  of(accountId: string): HeldShard {
    return present(this.#held[partitionOf(accountId, this.#shards.length)], `shard of account ${accountId}`);
  }

  /** All that this process holds; none before {@link start}. */
  get held(): readonly HeldShard[] {
    return this.#held;
  }

  get statuses(): readonly Shard['status'][] {
    return this.#shards.map(({ status }) => status);
  }

  /** Lets running transactions finish. */
  async stop(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => shard.stop()));
  }
}
