import { connectRegistry } from '../../daemon/schema-registry.ts';
import type { BridgeConfiguration } from '../../config/configuration.ts';
import { DEAD_LETTER_REASONS } from '../../records/dead-letter-records.ts';
import { CONFIG_HELP, CONFIG_OPTION } from '../arguments.ts';
import { type CommandIo, UsageError } from '../command.ts';
import { ValueReader } from '../../daemon/value-reader.ts';
import { findLetters, type LetterFilter, type OnLetter } from './find-letters.ts';
import { connectQuietly } from '../quiet-kafka.ts';

/** What `deadletter` takes to say which letters are meant. */
export const SELECTION_OPTIONS = {
  ...CONFIG_OPTION,
  account: { type: 'string' },
  reason: { type: 'string' },
  since: { type: 'string' },
  id: { type: 'string' },
} as const;

export const SELECTION_HELP = `${CONFIG_HELP}
      --account ID        Dead letters of this account.
      --reason REASON     ${DEAD_LETTER_REASONS.slice(0, 5).join(', ')},
                          ${DEAD_LETTER_REASONS.slice(5).join(', ')}.
      --since TIME        ISO 8601, such as 2009-03-02T08:15:00Z: received then or later.
      --id ID             The one with this id; that of any of its parts will do.`;

type SelectionValues = Readonly<Partial<Record<'account' | 'reason' | 'since' | 'id', string | undefined>>>;

/** @throws {@link UsageError} if an option has a value that no letter can have. */
export function filterOf({ account, id, reason, since }: SelectionValues): LetterFilter {
  if (reason !== undefined && !DEAD_LETTER_REASONS.some((known) => known === reason))
    throw new UsageError(`--reason "${reason}" is none of ${DEAD_LETTER_REASONS.join(', ')}`);
  if (id !== undefined && !/^[0-9a-f]{32}$/.test(id))
    throw new UsageError(`--id "${id}" is not 32 hexadecimal digits in lower case`);
  const sinceMs = since === undefined ? null : Date.parse(since);
  if (Number.isNaN(sinceMs))
    throw new UsageError(`--since "${since ?? ''}" is not a time; write it as 2009-03-02T08:15:00Z`);
  return { accountId: account ?? null, reason: reason ?? null, sinceMs, id: id ?? null };
}

/** @throws {@link UsageError} if the filter names an account that the configuration does not have. */
export function checkAccount({ accountId }: LetterFilter, { accounts }: BridgeConfiguration): void {
  if (accountId === null || accounts.some(({ id }) => id === accountId)) return;
  throw new UsageError(`--account "${accountId}" is none of ${accounts.map(({ id }) => id).join(', ')}`);
}

/**
 * Hands out the dead letters that fit; says on standard error what in the topic is none.
 *
 * @returns how many records could not be read.
 * @throws {@link BridgeError} if Kafka or the schema registry cannot be asked.
 */
export async function selectLetters(
  configuration: BridgeConfiguration,
  filter: LetterFilter,
  io: CommandIo,
  onLetter: OnLetter,
): Promise<number> {
  const kafka = connectQuietly(configuration, io);
  const registry = await connectRegistry(configuration);
  let unreadable = 0;
  try {
    await findLetters({
      kafka,
      values: new ValueReader(registry),
      topic: configuration.kafka.topics.names.deadletter,
      filter,
      onLetter,
      onUnreadable: (place, reason) => {
        unreadable += 1;
        io.stderr.write(`${place}: ${reason}\n`);
      },
      signal: io.signal,
    });
  } finally {
    await kafka.close();
    await registry?.close();
  }
  return unreadable;
}
