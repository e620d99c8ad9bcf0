import { randomUUID } from 'node:crypto';

import kafkajs from 'kafkajs';

/** The fields of a presence record that say most. */
const SHOWN = ['id', 'sequence', 'eid', 'availabilityName', 'note'] as const;
const NOTE_CHARACTERS_MAX = 12;
const ID_CHARACTERS = 8;

/** A record's value, parsed. */
export type PresenceValue = Readonly<Record<string, unknown>>;

/** One committed record, shortened to one line. */
export interface Sample {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly line: string;
}

/**
 * Reads a topic from its beginning, read committed, until each kind of record that is worth a look has come by or the
 * signal aborts.
 *
 * @param wanted the first record that satisfies each is a sample.
 * @throws kafkajs' error if the topic cannot be read.
 */
export async function showSamples(
  brokers: readonly string[],
  topic: string,
  wanted: readonly ((value: PresenceValue) => boolean)[],
  show: (sample: Sample) => void,
  signal: AbortSignal,
): Promise<void> {
  // With kafkajs' own retries: a young broker takes a moment to find a coordinator for its first group.
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `demo-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const missing = new Set(wanted);
  const { promise: isDone, resolve, reject } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop);
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (!restart) reject(error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message: { key, offset, value: bytes } }) => {
        const value = JSON.parse(String(bytes)) as PresenceValue;
        const found = missing.values().find((isIt) => isIt(value));
        if (found !== undefined) show({ partition, offset, key: String(key), line: shorten(value) });
        if (found !== undefined) missing.delete(found);
        if (missing.size === 0 || signal.aborted) stop();
        return Promise.resolve();
      },
    });
    await isDone;
  } finally {
    signal.removeEventListener('abort', stop);
    await consumer.disconnect();
  }
}

/** The most telling fields in the record's own form, and how many more there are. */
function shorten(value: PresenceValue): string {
  const shown = SHOWN.filter((name) => value[name] !== null && value[name] !== undefined);
  const fields = shown.map((name) => `"${name}":${JSON.stringify(shortenField(name, value[name]))}`);
  return `{${fields.join(',')}, … ${String(Object.keys(value).length - shown.length)} more fields}`;
}

function shortenField(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (name === 'id') return `${value.slice(0, ID_CHARACTERS)}…`;
  return value.length > NOTE_CHARACTERS_MAX && name === 'note' ? `${value.slice(0, NOTE_CHARACTERS_MAX)}…` : value;
}
