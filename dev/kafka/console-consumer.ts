/**
 * Kafka's own Java console consumer as an independent reader: what it prints is what a `read_committed` consumer of
 * any program would see. Tests, demo and chaos run judge the bridge by it; nothing here shares code with the bridge.
 *
 * How it is known that nothing is missing: the console consumer can only be told to stop after a silence, and a slow
 * machine is silent too. So it runs in a consumer group of its own, for one topic at a time. When it ends it commits
 * its position, which also moves over transaction markers and aborted records; these print nothing. As long as the
 * position has not reached the end that each partition had at the start, the same group is run again, with more
 * patience.
 */

import { randomUUID } from 'node:crypto';

import type { Admin } from 'kafkajs';

import { type ConsoleRecord, drawMarks, formatterProperties, parseRecord, splitAt } from './console-format.ts';
import { endOffsets } from './end-offsets.ts';
import { DevelopmentKafkaError } from './errors.ts';
import { type KafkaInstallation, installKafka } from './installation.ts';
import { KafkaTool, type ToolOutcome } from './kafka-tool.ts';
import { quietClient } from './readiness.ts';

const MAIN_CLASS = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
/** The first silence after which a run ends, and the longest; each further run of a topic doubles it. */
const SILENCE_MS = { first: 1_000, longest: 8_000 };
const DEFAULT_TIMEOUT_MS = 120_000;
/** After faults a coordinator may be on its way to another node. */
const ADMIN_RETRY = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000 };

export interface ReadCommittedOptions {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  /** Topics that exist. They are read one after the other, each from its beginning. */
  readonly topics: readonly string[];
  /** For all topics together; 120 s when not given. */
  readonly timeoutMs?: number;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What all runs for one topic share. */
interface Reading {
  readonly kafka: KafkaInstallation;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** Of every partition, as they were before the first run. */
  readonly ends: ReadonlyMap<number, bigint>;
  readonly signal: AbortSignal;
  /** Takes where the reading stands, for the message if it does not end in time. */
  readonly note: (standing: string) => void;
}

/**
 * Every committed record of the topics, at least up to the end that each partition had at the start; a transaction
 * that is undecided there is waited for. Records of one partition come in order; topics come in the order given;
 * between partitions there is no order.
 *
 * @throws {@link DevelopmentKafkaError} if Java, the jars or a topic is missing, the console consumer fails, or it
 *   does not reach the ends in time. It never yields less than everything and returns.
 * @throws the signal's reason when it aborts.
 */
export async function* readCommitted(options: ReadCommittedOptions): AsyncGenerator<ConsoleRecord> {
  const { brokers, topics, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const kafka = await installKafka(options.log ?? (() => undefined));
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const admin = quietClient(brokers).admin({ retry: ADMIN_RETRY });
  let standing = 'the ends are not known yet';
  const note = (now: string): void => {
    standing = now;
  };
  try {
    await admin.connect();
    for (const [topic, ends] of await endOffsets(kafka, brokers, topics, signal)) {
      const group = `console-consumer-${randomUUID()}`;
      yield* readTopic(admin, { kafka, brokers, topic, group, ends, signal, note });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!timeout.aborted) throw error;
    const message = `the console consumer did not reach the end in ${String(timeoutMs)} ms: ${standing}`;
    throw new DevelopmentKafkaError(message, { cause: error });
  } finally {
    await admin.disconnect();
  }
}

/** All of {@link readCommitted} at once, for topics that fit in memory. */
export async function collectCommitted(options: ReadCommittedOptions): Promise<readonly ConsoleRecord[]> {
  const records: ConsoleRecord[] = [];
  for await (const record of readCommitted(options)) records.push(record);
  return records;
}

async function* readTopic(admin: Admin, reading: Reading): AsyncGenerator<ConsoleRecord> {
  if ([...reading.ends.values()].every((end) => end === 0n)) return;
  let silenceMs = SILENCE_MS.first;
  let missing = `${reading.topic} is not read yet`;
  do {
    reading.note(missing);
    yield* runOnce(reading, silenceMs);
    silenceMs = Math.min(2 * silenceMs, SILENCE_MS.longest);
    missing = await missingParts(admin, reading);
  } while (missing !== '');
  // Tidiness only: an empty group that stays is harmless.
  await admin.deleteGroups([reading.group]).catch(() => undefined);
}

/** The partitions whose end is beyond the group's committed position, in words; empty if there is none. */
async function missingParts(admin: Admin, { group, topic, ends }: Reading): Promise<string> {
  // kafkajs looks for a coordinator only among brokers that an earlier answer named.
  await admin.fetchTopicMetadata({ topics: [topic] });
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const positions = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return [...ends]
    .map(([partition, end]) => ({ partition, end, position: positions.get(partition) ?? -1n }))
    .filter(({ end, position }) => end > 0n && position < end)
    .map(({ partition, end, position }) => `${topic}[${String(partition)}] at ${String(position)} of ${String(end)}`)
    .join(', ');
}

/** Runs the console consumer until `silenceMs` pass without a record, from where its group stands. */
async function* runOnce(reading: Reading, silenceMs: number): AsyncGenerator<ConsoleRecord> {
  const marks = drawMarks();
  const formatting = formatterProperties(marks).flatMap((property) => ['--formatter-property', property]);
  const args = [...consumerArguments(reading, silenceMs), ...formatting];
  const tool = await KafkaTool.start(reading.kafka, MAIN_CLASS, args, reading.signal);
  try {
    let count = 0;
    for await (const printed of splitAt(tool.output as AsyncIterable<Buffer>, marks.record)) {
      count += 1;
      yield parseRecord(reading.topic, printed, marks);
    }
    checkOutcome(await tool.outcome(), count);
  } finally {
    await tool.end();
  }
}

function consumerArguments({ brokers, topic, group }: Reading, silenceMs: number): readonly string[] {
  return [
    ...['--bootstrap-server', brokers.join(',')],
    ...['--topic', topic],
    ...['--group', group],
    '--from-beginning',
    ...['--isolation-level', 'read_committed'],
    ...['--timeout-ms', String(silenceMs)],
  ];
}

/** The console consumer counts what it printed; we count what we read. */
function checkOutcome({ status, errors }: ToolOutcome, count: number): void {
  const counted = /Processed a total of (\d+) messages/.exec(errors)?.[1];
  if (status === 0 && counted === String(count)) return;
  const summary = `status ${String(status)}, ${String(count)} records read, ${counted ?? 'unknown'} printed`;
  throw new DevelopmentKafkaError(`the console consumer failed (${summary}):\n${errors}`);
}
