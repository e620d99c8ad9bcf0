import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { UsageError, type CommandIo } from '../command.ts';
import { accountsIn, readProgress } from './read-progress.ts';

/**
 * Only an account that has progress and is configured no longer can be forgotten.
 *
 * @throws {@link UsageError}
 */
export async function checkForgettable(
  kafka: KafkajsLog,
  { accounts, kafka: { topics } }: BridgeConfiguration,
  accountId: string,
  io: CommandIo,
): Promise<void> {
  if (accounts.some(({ id }) => id === accountId)) {
    throw new UsageError(
      `account "${accountId}" is configured: take it out of the configuration, and restart the bridge, first`,
    );
  }
  const shards = await readProgress(kafka, topics.names.progress, io.signal);
  const known = shards.flatMap((progress) => accountsIn(progress).map(({ account }) => account.accountId));
  if (known.includes(accountId)) return;
  throw new UsageError(`the progress has no account "${accountId}"; it has ${known.join(', ')}`);
}
