import { writeFile } from 'node:fs/promises';

import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { systemClock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { CommandIo, ExitStatus } from '../command.ts';
import { headLine, recordLine } from './export-file.ts';
import { readProgress } from './read-progress.ts';

/**
 * Writes everything that is committed, one record a line, to a file that only its owner may read.
 *
 * @param file `-` is standard output.
 */
export async function exportProgress(
  kafka: KafkajsLog,
  { installation, kafka: { topics } }: BridgeConfiguration,
  file: string,
  io: CommandIo,
): Promise<ExitStatus> {
  const shards = await readProgress(kafka, topics.names.progress, io.signal, { mustBeWhole: true });
  const records = shards.flatMap((progress, shard) => [...progress].map(([key, value]) => ({ shard, key, value })));
  const head = { installation, shards: shards.length, at: new Date(systemClock.now()).toISOString() };
  const text = [headLine(head), ...records.map(recordLine)].map((line) => `${line}\n`).join('');
  try {
    if (file === '-') io.stdout.write(text);
    else await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    io.stderr.write(`Cannot write to ${file}: ${messageOf(error)}. Name a file that does not exist yet.\n`);
    return 1;
  }
  io.stderr.write(
    `${String(records.length)} records of ${String(shards.length)} shards. Keep the file as you keep passwords: with a ` +
      'sealing key it lets its reader take over the sessions.\n',
  );
  return 0;
}
