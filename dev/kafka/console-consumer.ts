/**
 * Kafka's own Java console consumer as an independent reader: what it prints is what a `read_committed` consumer of
 * any program would see. Tests, demo and chaos run judge the bridge by it; nothing here shares code with the bridge.
 *
 * How it is known that nothing is missing: the console consumer can only be told to stop after a silence, and a slow
 * machine is silent too. So it runs in a consumer group of its own, for one topic at a time. When it ends it commits
 * its position, which also moves over transaction markers and aborted records; these print nothing. If the position
 * has not reached the end that each partition had at the start, the same group is run again with more patience.
 */

import { randomUUID } from 'node:crypto';
import { open, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Admin } from 'kafkajs';

import { type ConsoleRecord, drawMarks, formatterProperties, parseRecord, splitAt } from './console-format.ts';
import { DevelopmentKafkaError } from './errors.ts';
import { GuardedProcess } from './guarded-process.ts';
import { type KafkaInstallation, installKafka, javaArguments } from './installation.ts';
import { quietClient } from './readiness.ts';

const MAIN_CLASS = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
const HEAP_MIB = 256;
/** The first silence after which a run ends, and the longest; each further run of a topic doubles it. */
const SILENCE_MS = { first: 1_000, longest: 16_000 };
const DEFAULT_TIMEOUT_MS = 120_000;
/** After faults a coordinator or leader may be on its way to another node. */
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

/** What one run of the console consumer needs to know. */
interface Reading {
  readonly kafka: KafkaInstallation;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly signal: AbortSignal;
}

/**
 * Every committed record of the topics, up to the end that each partition has when its topic is opened. Records of
 * one partition come in order; topics come in the order given; between partitions there is none.
 *
 * The end is that of `read_committed`: records behind a transaction that is still open are not waited for.
 *
 * @throws {@link DevelopmentKafkaError} if Java or the jars are missing, the console consumer fails, or it does not
 *   reach the ends in time: it never yields less than everything and returns.
 * @throws the signal's reason when it aborts.
 */
export async function* readCommitted(options: ReadCommittedOptions): AsyncGenerator<ConsoleRecord> {
  const kafka = await installKafka(options.log ?? (() => undefined));
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const admin = quietClient(options.brokers).admin({ retry: ADMIN_RETRY });
  await admin.connect();
  try {
    for (const topic of options.topics) {
      const group = `console-consumer-${randomUUID()}`;
      yield* readTopic(admin, { kafka, brokers: options.brokers, topic, group, signal });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!timeout.aborted) throw error;
    throw new DevelopmentKafkaError(`the console consumer did not reach the end in ${String(timeoutMs)} ms`, {
      cause: error,
    });
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
  const ends = await endsOf(admin, reading.topic);
  let silenceMs = SILENCE_MS.first;
  let behind = ends.size > 0;
  while (behind) {
    reading.signal.throwIfAborted();
    yield* runOnce(reading, silenceMs);
    behind = await isBehind(admin, reading, ends);
    silenceMs = Math.min(2 * silenceMs, SILENCE_MS.longest);
  }
  // Tidiness only: an empty group that stays is harmless.
  if (ends.size > 0) await admin.deleteGroups([reading.group]).catch(() => undefined);
}

/** The committed end of every partition that holds anything. */
async function endsOf(admin: Admin, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  const filled = offsets.filter(({ low, high }) => BigInt(low) < BigInt(high));
  return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
}

/** Whether the group's committed position is before the end of any partition. */
async function isBehind(admin: Admin, reading: Reading, ends: ReadonlyMap<number, bigint>): Promise<boolean> {
  const [committed] = await admin.fetchOffsets({ groupId: reading.group, topics: [reading.topic] });
  const positions = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return [...ends].some(([partition, end]) => (positions.get(partition) ?? -1n) < end);
}

/** Runs the console consumer until `silenceMs` pass without a record, from where its group stands. */
async function* runOnce(reading: Reading, silenceMs: number): AsyncGenerator<ConsoleRecord> {
  const marks = drawMarks();
  const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-consumer-'));
  const errors = await open(path.join(scratch, 'errors.log'), 'w+');
  let consumer: GuardedProcess | undefined;
  const kill = (): void => consumer?.signal('SIGKILL');
  try {
    const args = [
      ...javaArguments(reading.kafka, MAIN_CLASS, { heapMiB: HEAP_MIB }),
      ...consumerArguments(reading, silenceMs),
    ];
    const formatting = formatterProperties(marks).flatMap((property) => ['--formatter-property', property]);
    consumer = await GuardedProcess.start(reading.kafka.java.command, [...args, ...formatting], {
      stdout: 'pipe',
      stderr: errors.fd,
      scratch,
    });
    reading.signal.addEventListener('abort', kill);
    if (reading.signal.aborted) kill();
    let count = 0;
    for await (const printed of splitAt(consumer.output, marks.record)) {
      count += 1;
      yield parseRecord(reading.topic, printed, marks);
    }
    const status = await consumer.ended;
    reading.signal.throwIfAborted();
    checkOutcome(status, count, await readFile(path.join(scratch, 'errors.log'), 'utf8'));
  } finally {
    reading.signal.removeEventListener('abort', kill);
    await consumer?.kill();
    await errors.close();
    await rm(scratch, { recursive: true, force: true });
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
function checkOutcome(status: number, count: number, errors: string): void {
  const counted = /Processed a total of (\d+) messages/.exec(errors)?.[1];
  if (status === 0 && counted === String(count)) return;
  const summary = `status ${String(status)}, ${String(count)} records read, ${counted ?? 'unknown'} printed`;
  throw new DevelopmentKafkaError(`the console consumer failed (${summary}):\n${errors}`);
}
