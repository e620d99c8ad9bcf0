import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';

import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { SOLE_OWNER } from '../../kafka/ownership.ts';
import { Shard } from '../../kafka/shard.ts';
import type { ShardObserver } from '../../kafka/shard-observer.ts';
import { SHARD_DEFAULTS } from '../../kafka/shard-settings.ts';
import { Topology } from '../../kafka/topology.ts';
import { systemClock } from '../../lib/clock.ts';
import { BridgeError, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { CommandIo, ExitStatus } from '../command.ts';
import { ownerOfKey } from '../../bridge/progress/progress-key.ts';
import { type ExportedRecord, type ExportHead, parseExport } from './export-file.ts';
import { readProgress, type ShardProgress } from './read-progress.ts';

/** What the file says and what is there do not go together. */
class ImportRefusedError extends BridgeError {
  constructor(message: string) {
    super(message, { code: 'import-refused', disposition: 'fatal' });
  }
}

export interface ImportOptions {
  /** `-` is standard input. */
  readonly file: string;
  /** Whether accounts that are there are replaced. */
  readonly isReplacing: boolean;
}

/**
 * Writes an export into the progress topic, each shard in one transaction, as the owner of the shard: by the same
 * fencing and claim as a bridge. A bridge that runs on the topic is fenced with it, and steps down at its next commit
 * without publishing anything more.
 *
 * Everything is checked before anything is written.
 */
export async function importProgress(
  kafka: KafkajsLog,
  configuration: BridgeConfiguration,
  { file, isReplacing }: ImportOptions,
  logger: Log,
  io: CommandIo,
): Promise<ExitStatus> {
  const { head, records } = parseExport(file === '-' ? await text(io.stdin) : await readText(file));
  checkHead(head, configuration);
  const there = await readProgress(kafka, configuration.kafka.topics.names.progress, io.signal);
  if (!isReplacing) for (const progress of there) checkAbsent(records, progress);
  const byShard = Map.groupBy(records, ({ shard }) => shard);
  let written = 0;
  for (const [shard, ofShard] of byShard) {
    try {
      await importShard(kafka, configuration, { shard, records: ofShard, isReplacing }, logger, io.signal);
    } catch (error) {
      throw new ImportRefusedError(
        `shard ${String(shard)} was not imported, and ${String(written)} of ${String(byShard.size)} shards were: ` +
          `${messageOf(error)} Mend it and import again with --replace.`,
      );
    }
    written += 1;
  }
  const accounts = new Set(records.map(({ key }) => ownerOfKey(key)?.accountId));
  io.stderr.write(
    `${String(records.length)} records of ${String(accounts.size)} accounts in ${String(written)} shards. A bridge that ` +
      'ran on this progress topic has lost these shards and ends at its next commit; start it anew.\n',
  );
  return 0;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ImportRefusedError(`Cannot read ${file}: ${messageOf(error)}. Nothing was written.`);
  }
}

function checkHead(head: ExportHead, { installation, kafka: { shards } }: BridgeConfiguration): void {
  if (head.shards !== shards) {
    throw new ImportRefusedError(
      `The file has ${String(head.shards)} shards and kafka.shards is ${String(shards)}: the accounts would be looked for ` +
        `elsewhere. Set kafka.shards to ${String(head.shards)} and make the progress topic anew. Nothing was written.`,
    );
  }
  if (head.installation !== installation) {
    throw new ImportRefusedError(
      `The file is of the installation "${head.installation}" and this one is "${installation}": ids of records would ` +
        'change and sealed sessions would not open. Set `installation` as it was. Nothing was written.',
    );
  }
}

function checkAbsent(records: readonly ExportedRecord[], there: ShardProgress): void {
  const present = new Set([...there.keys()].map((key) => ownerOfKey(key)?.accountId));
  const clashing = new Set(records.map(({ key }) => ownerOfKey(key)?.accountId).filter((id) => present.has(id)));
  if (clashing.size === 0) return;
  throw new ImportRefusedError(
    `The progress topic has ${[...clashing].join(', ')} already: what it says of them would be lost, and their records ` +
      'could be published twice. If that is meant, import with --replace. Nothing was written.',
  );
}

interface ShardImport {
  readonly shard: number;
  readonly records: readonly ExportedRecord[];
  readonly isReplacing: boolean;
}

async function importShard(
  kafka: KafkajsLog,
  configuration: BridgeConfiguration,
  { isReplacing, records, shard }: ShardImport,
  logger: Log,
  signal: AbortSignal,
): Promise<void> {
  const owner = shardFor(kafka, configuration, shard, logger);
  try {
    const { progress } = await owner.start(signal);
    // Whoever owned the shard until now may have gone on since it was looked at.
    if (!isReplacing) checkAbsent(records, progress);
    const accounts = new Set(records.map(({ key }) => ownerOfKey(key)?.accountId));
    const keys = new Set(records.map(({ key }) => key));
    const gone = [...progress.keys()].filter((key) => accounts.has(ownerOfKey(key)?.accountId) && !keys.has(key));
    await owner.commit({
      accountId: 'import',
      records: [],
      progress: [...records, ...gone.map((key) => ({ key, value: null }))].map(({ key, value }) => ({ key, value })),
    });
  } finally {
    await owner.stop();
  }
}

function shardFor(
  kafka: KafkajsLog,
  { installation, kafka: settings }: BridgeConfiguration,
  shard: number,
  logger: Log,
): Shard {
  const { shards, topics } = settings;
  const progressTopic = topics.names.progress;
  const clock = systemClock;
  const replica = `import-${hostname()}`;
  return new Shard({
    identity: { shard, shards, installation, replica, progressTopic },
    settings: { ...SHARD_DEFAULTS, ...settings },
    log: kafka,
    topology: new Topology({ log: kafka, dataTopics: [], progressTopic, shards, clock, logger, maxAgeMs: 60_000 }),
    ownership: SOLE_OWNER,
    observer: UNOBSERVED,
    logger,
    clock,
    random: Math.random,
    nonce: randomUUID(),
    onPartitionsChanged: () => undefined,
  });
}

const UNOBSERVED: ShardObserver = {
  transactionCommitted: () => undefined,
  transactionFailed: () => undefined,
  ambiguousResolved: () => undefined,
  producerReplaced: () => undefined,
  fenced: () => undefined,
};
