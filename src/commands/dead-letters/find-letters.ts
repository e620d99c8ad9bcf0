import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import type { ValueReader } from '../../daemon/value-reader.ts';
import { TopicsMissingError } from '../topics-missing-error.ts';
import { type Letter, LetterAssembler } from '../../records/dead-letters/letter-assembler.ts';
import { type LetterPart, readLetterPart } from '../../records/dead-letters/letter-part.ts';

/** Which dead letters are meant; null leaves a question open. */
export interface LetterFilter {
  readonly accountId: string | null;
  readonly reason: string | null;
  /** Received then or later; milliseconds since the epoch. */
  readonly sinceMs: number | null;
  /** The `id` of any of its parts. */
  readonly id: string | null;
}

/** Where the parts of a letter stand: all have one key, so they are in one partition. */
export interface LetterOffsets {
  readonly partition: number;
  readonly from: bigint;
  /** Of the last part. */
  readonly to: bigint;
}

/** Takes a letter; the offsets are those of the parts that were found. */
export type OnLetter = (letter: Letter, offsets: LetterOffsets) => void;

export interface FindOptions {
  readonly kafka: KafkajsLog;
  readonly values: ValueReader;
  /** Name of the dead-letter topic. */
  readonly topic: string;
  readonly filter: LetterFilter;
  readonly onLetter: OnLetter;
  /** A record of the topic that is no dead letter. */
  readonly onUnreadable: (place: string, reason: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the dead-letter topic to its end as it is now, committed records only, and hands out the letters that fit, each
 * when its last part is read; those of which parts are missing come last.
 *
 * @throws {@link KafkaError} if Kafka cannot be read; {@link RegistryError} if the topic holds Avro and the registry
 * cannot be asked; {@link TopicsMissingError}.
 */
export async function findLetters(options: FindOptions): Promise<void> {
  const { filter, kafka, onLetter, onUnreadable, signal, topic, values } = options;
  const layout = await kafka.layout([topic], signal);
  if (!layout.has(topic)) throw new TopicsMissingError([topic]);
  const scanner = kafka.createScanner();
  const assembler = new LetterAssembler();
  const places = new Map<string, LetterOffsets>();
  const offer = (letter: Letter | null): void => {
    if (letter === null) return;
    const parts = letter.ids.flatMap((id) => places.get(id) ?? []);
    for (const id of letter.ids) places.delete(id);
    if (filter.id === null || letter.ids.includes(filter.id)) onLetter(letter, spanOf(parts));
  };
  // All parts of a letter have the timestamp of its receipt: none is cut through.
  const bounds = await scanner.bounds([topic], filter.sinceMs, signal);
  await scanner.scan(
    bounds,
    async ({ offset, partition, value }) => {
      if (value === null) return;
      const place = `${topic}/${String(partition)} at ${String(offset)}`;
      const reading = await values.read(value, signal);
      const part = reading.kind === 'text' ? readLetterPart(reading.text) : null;
      if (part !== null && isMeant(part, filter)) {
        places.set(part.id, { partition, from: offset, to: offset });
        offer(assembler.take(part));
      }
      if (part === null) onUnreadable(place, reading.kind === 'text' ? 'it is no dead letter' : reading.reason);
    },
    signal,
  );
  for (const letter of assembler.rest()) offer(letter);
}

function spanOf(parts: readonly LetterOffsets[]): LetterOffsets {
  return parts.reduce((span, { partition, from, to }) => ({
    partition,
    from: from < span.from ? from : span.from,
    to: to > span.to ? to : span.to,
  }));
}

function isMeant(part: LetterPart, { accountId, reason, sinceMs }: LetterFilter): boolean {
  if (accountId !== null && part.accountId !== accountId) return false;
  if (reason !== null && part.reason !== reason) return false;
  return sinceMs === null || part.receivedAt >= sinceMs;
}
