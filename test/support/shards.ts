import { randomBytes } from 'node:crypto';

import type { ISocketFactory } from 'kafkajs';

import type { CommitUnit } from '../../src/kafka/commit-unit.ts';
import { KafkajsLog } from '../../src/kafka/kafkajs/log.ts';
import { type Ownership, SOLE_OWNER } from '../../src/kafka/ownership.ts';
import { Shard } from '../../src/kafka/shard.ts';
import type { ShardObserver } from '../../src/kafka/shard-observer.ts';
import { SHARD_DEFAULTS, type ShardSettings } from '../../src/kafka/shard-settings.ts';
import { createTopics, planTopics } from '../../src/kafka/topics.ts';
import { type PartitionsChanged, Topology } from '../../src/kafka/topology.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { uniqueName } from './kafka.ts';
import { outgoingRecord } from './outgoing.ts';

export const NEVER = new AbortController().signal;

export const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Tests that look at the log pass one of their own.
}

/** Remembers what a shard told, in words. */
export class RecordingObserver implements ShardObserver {
  readonly committed: { readonly units: number; readonly records: number }[] = [];
  readonly failures: string[] = [];
  readonly resolutions: boolean[] = [];
  readonly replacements: string[] = [];
  fences = 0;

  transactionCommitted(transaction: { readonly units: number; readonly records: number }): void {
    this.committed.push(transaction);
  }

  transactionFailed({ code, phase }: { readonly code: string; readonly phase: string }): void {
    this.failures.push(`${phase}:${code}`);
  }

  ambiguousResolved({ committed }: { readonly committed: boolean }): void {
    this.resolutions.push(committed);
  }

  producerReplaced({ reason }: { readonly reason: string }): void {
    this.replacements.push(reason);
  }

  fenced(): void {
    this.fences += 1;
  }
}

/** One installation of one shard on a real Kafka, with topics of its own. */
export interface Installation {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly dataTopic: string;
  readonly progressTopic: string;
}

export async function createInstallation(
  brokers: readonly string[],
  options: { readonly partitions: number; readonly replicationFactor?: number },
): Promise<Installation> {
  const name = uniqueName('shards');
  const installation = { name, brokers, dataTopic: `${name}.presence`, progressTopic: `${name}.progress` };
  const log = openLog(installation);
  const plans = planTopics({
    names: { presence: installation.dataTopic, progress: installation.progressTopic },
    partitions: options.partitions,
    shards: 1,
    retentionMs: 3_600_000,
    replicationFactor: options.replicationFactor ?? null,
    brokers: brokers.length,
  });
  await createTopics(log, plans, NEVER);
  await log.close();
  return installation;
}

export function openLog(
  installation: Pick<Installation, 'name' | 'brokers'>,
  options: { readonly socketFactory?: ISocketFactory; readonly logger?: Log } = {},
): KafkajsLog {
  return new KafkajsLog({
    installation: installation.name,
    brokers: installation.brokers,
    ssl: null,
    sasl: null,
    connectionTimeoutMs: 1_000,
    requestTimeoutMs: 3_000,
    transactionTimeoutMs: 30_000,
    readTimeoutMs: 15_000,
    logger: SILENT,
    clock: systemClock,
    ...options,
  });
}

export interface OpenShard {
  readonly shard: Shard;
  readonly observer: RecordingObserver;
  readonly changes: readonly PartitionsChanged[];
  readonly close: () => Promise<void>;
}

export function openShard(
  installation: Installation,
  options: {
    readonly replica?: string;
    readonly log?: KafkajsLog;
    readonly logger?: Log;
    readonly ownership?: Ownership;
    readonly settings?: Partial<ShardSettings>;
  } = {},
): OpenShard {
  const log = options.log ?? openLog(installation, { logger: options.logger ?? SILENT });
  const observer = new RecordingObserver();
  const changes: PartitionsChanged[] = [];
  const { dataTopic, progressTopic } = installation;
  const logger = options.logger ?? SILENT;
  const shard = new Shard({
    identity: { shard: 0, shards: 1, installation: installation.name, replica: options.replica ?? 'a', progressTopic },
    settings: { ...SHARD_DEFAULTS, ...options.settings },
    log,
    topology: new Topology({
      log,
      dataTopics: [dataTopic],
      progressTopic,
      shards: 1,
      clock: systemClock,
      logger,
      maxAgeMs: 200,
    }),
    ownership: options.ownership ?? SOLE_OWNER,
    observer,
    logger,
    clock: systemClock,
    random: Math.random,
    nonce: randomBytes(8).toString('hex'),
    onPartitionsChanged: (change) => changes.push(change),
  });
  const close = async (): Promise<void> => {
    await shard.stop();
    await log.close();
  };
  return { shard, observer, changes, close };
}

/**
 * The unit number `revision` of an account: records `account#revision.0 …`, keyed so that they spread over all
 * partitions, and its progress.
 */
export function unitOf(
  installation: Installation,
  accountId: string,
  revision: number,
  options: { readonly records?: number; readonly padding?: number } = {},
): CommitUnit {
  const { records = 5, padding = 100 } = options;
  return {
    accountId,
    records: Array.from({ length: records }, (_, index) =>
      outgoingRecord({
        topic: installation.dataTopic,
        key: `${accountId}-${String(index)}`,
        value: JSON.stringify({
          id: `${accountId}#${String(revision)}.${String(index)}`,
          padding: 'x'.repeat(padding),
        }),
        headers: { ce_id: `${accountId}#${String(revision)}.${String(index)}` },
        timestampMs: Date.now(),
      }),
    ),
    progress: [{ key: `a/${accountId}`, value: JSON.stringify({ accountId, revision }) }],
  };
}
