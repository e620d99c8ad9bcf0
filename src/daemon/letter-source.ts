import type { LetterSource } from '../bridge/orders/letter-source.ts';
import type { LetterPlace } from '../bridge/orders/order.ts';
import type { BridgeConfiguration } from '../config/configuration.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import { type Letter, LetterAssembler } from '../records/dead-letters/letter-assembler.ts';
import { readLetterPart } from '../records/dead-letters/letter-part.ts';
import { connectRegistry } from './schema-registry.ts';
import { ValueReader } from './value-reader.ts';

/** Reads dead letters from their topic, one at a time, when an operator asks for one. */
export function letterSourceOf(kafka: KafkajsLog, configuration: BridgeConfiguration): LetterSource {
  return {
    limits: configuration.limits,
    read: (place, signal) => readLetter(kafka, configuration, place, signal),
  };
}

/** @throws {@link KafkaError}, {@link RegistryError}, or the signal's reason. */
async function readLetter(
  kafka: KafkajsLog,
  configuration: BridgeConfiguration,
  { fromOffset, id, partition, toOffset }: LetterPlace,
  signal: AbortSignal,
): Promise<Letter | string> {
  const topic = configuration.kafka.topics.names.deadletter;
  const range = { topic, partition, from: BigInt(fromOffset), to: BigInt(toOffset) + 1n };
  const where = `${topic}/${String(partition)}, offsets ${fromOffset} to ${toOffset}`;
  const { high, low } = await kafka.ends(topic, partition, signal);
  if (range.from < low) return `retention has deleted ${where}`;
  if (range.to > high) return `${where} is not there`;
  const registry = await connectRegistry(configuration);
  try {
    const values = new ValueReader(registry);
    const assembler = new LetterAssembler();
    const found: Letter[] = [];
    const scanner = kafka.createScanner();
    await scanner.scan(
      [range],
      async ({ value }) => {
        const reading = value === null ? null : await values.read(value, signal);
        const part = reading?.kind === 'text' ? readLetterPart(reading.text) : null;
        const letter = part === null ? null : assembler.take(part);
        if (letter?.first.id === id) found.push(letter);
      },
      signal,
    );
    return found[0] ?? `at ${where} there is no dead letter ${id}`;
  } finally {
    await registry?.close();
  }
}
