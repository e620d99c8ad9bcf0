import { parseProgress } from '../bridge/progress/account-progress.ts';
import type { BridgeConfiguration } from '../config/configuration.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import type { KafkajsScanner, PartitionBounds, ScannedRecord, ScanRange } from '../kafka/kafkajs/scanner.ts';
import type { ClusterLayout } from '../kafka/port.ts';
import type { Clock } from '../lib/clock.ts';
import { TopicsMissingError } from './topics-missing-error.ts';
import { type LogicalTopic, TOPICS } from '../records/topics/topics.ts';
import type { CheckedRecord } from '../verify/checked-record.ts';
import { Verifier } from '../verify/verifier.ts';
import { DISORDER_MS, horizonOf } from '../verify/horizon.ts';
import type { Report } from '../verify/report.ts';
import type { ValueReader } from '../daemon/value-reader.ts';

export interface VerifyOptions {
  readonly kafka: KafkajsLog;
  readonly values: ValueReader;
  readonly configuration: Pick<BridgeConfiguration, 'kafka'>;
  /** Milliseconds since the epoch; null for everything. */
  readonly sinceMs: number | null;
  /** So many violations are kept; all are counted. */
  readonly violationsMax: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Verification {
  readonly report: Report;
  /** Holes are judged behind records of this time, in milliseconds since the epoch; null: all, Infinity: none. */
  readonly judgedFromMs: number | null;
}

/** A transaction that was decided before we asked for the ends has its markers everywhere well within this time. */
const SETTLE_MS = 3_000;
const SETTLE_WAIT_MS = 250;

/**
 * Reads the data topics of a configuration and checks them.
 *
 * The order of the steps matters while a daemon writes: first the progress, then the ends. What is committed in the
 * progress was committed with its records, so up to there they must be found. A commit shows partition by partition,
 * so the ends may cut through one: then what came since is looked at, for some seconds, to fill the holes.
 *
 * @throws {@link KafkaError} if Kafka cannot be read.
 * @throws {@link RegistryError} if topics hold Avro and the registry cannot be asked.
 * @throws {@link BridgeError} if a topic is missing.
 * @throws {@link ProgressFormatError} if a newer version wrote the progress.
 */
export async function verifyTopics(options: VerifyOptions): Promise<Verification> {
  const { clock, configuration, kafka, signal, sinceMs, values, violationsMax } = options;
  const { names } = configuration.kafka.topics;
  const topics = (Object.keys(TOPICS) as readonly LogicalTopic[]).map((topic) => names[topic]);
  const layout = await layoutOf(kafka, [...topics, names.progress], signal);
  const scanner = kafka.createScanner();
  const published = await readProgress(scanner, names.progress, signal);
  const bounds = await scanner.bounds(topics, sinceMs === null ? null : sinceMs - DISORDER_MS, signal);
  const judgedFromMs = horizonOf({
    partitions: bounds,
    sinceMs,
    retentionMs: await retentionOf(kafka, bounds, signal),
    nowMs: clock.now(),
  });
  const verifier = new Verifier({
    topics: new Map(topics.map((topic) => [topic, layout.get(topic)?.length ?? 0])),
    operationsTopic: names.operations,
    judgedFromMs,
    violationsMax,
  });
  for (const { accountId, generation, lastSequence } of published) verifier.expect(accountId, generation, lastSequence);
  await scanner.scan(bounds, async (record) => verifier.accept(await checkedOf(record, values, signal)), signal);
  await settle(verifier, scanner, { topics, values, bounds, clock, signal });
  return { report: verifier.finish(), judgedFromMs };
}

async function layoutOf(kafka: KafkajsLog, topics: readonly string[], signal: AbortSignal): Promise<ClusterLayout> {
  const layout = await kafka.layout(topics, signal);
  const missing = topics.filter((topic) => !layout.has(topic));
  if (missing.length > 0) throw new TopicsMissingError(missing);
  return layout;
}

/** The record with its value as JSON text, whatever it was written as. */
async function checkedOf(record: ScannedRecord, values: ValueReader, signal: AbortSignal): Promise<CheckedRecord> {
  const { value: bytes, ...place } = record;
  const valueBytes = bytes?.length ?? 0;
  if (bytes === null) return { ...place, value: null, valueBytes, fault: null };
  const reading = await values.read(bytes, signal);
  return reading.kind === 'text'
    ? { ...place, value: reading.text, valueBytes, fault: null }
    : { ...place, value: null, valueBytes, fault: reading.reason };
}

interface PublishedUpTo {
  readonly accountId: string;
  readonly generation: number;
  readonly lastSequence: number;
}

/** What the committed progress says of each account's current generation. */
async function readProgress(
  scanner: KafkajsScanner,
  topic: string,
  signal: AbortSignal,
): Promise<readonly PublishedUpTo[]> {
  const latest = new Map<string, string>();
  const keepLatest = ({ key, value }: ScannedRecord): void => {
    const accountId = /^a\/(.*)$/s.exec(key ?? '')?.[1];
    if (accountId !== undefined && value !== null) latest.set(accountId, value.toString());
  };
  await scanner.scan(await scanner.bounds([topic], null, signal), keepLatest, signal);
  return [...latest].flatMap(([accountId, value]) => {
    const { generation, nextSequence } = parseProgress(accountId, value);
    return generation > 0 ? [{ accountId, generation, lastSequence: nextSequence - 1 }] : [];
  });
}

/** For the topics that retention has cut: the age at which it deletes, or null where age does not decide. */
async function retentionOf(
  kafka: KafkajsLog,
  bounds: readonly PartitionBounds[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const retention = new Map<string, number | null>();
  for (const topic of new Set(bounds.filter(({ low }) => low > 0n).map((bound) => bound.topic))) {
    const settings = await kafka.topicSettings(topic, signal);
    const ageMs = Number(settings.get('retention.ms') ?? -1);
    const isBySize = (settings.get('retention.bytes') ?? '-1') !== '-1';
    retention.set(topic, ageMs < 0 || isBySize ? null : ageMs);
  }
  return retention;
}

/** Reads on behind the ends while there are holes, so that a commit that was cut through is seen whole. */
async function settle(
  verifier: Verifier,
  scanner: KafkajsScanner,
  world: {
    readonly topics: readonly string[];
    readonly values: ValueReader;
    readonly bounds: readonly ScanRange[];
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { clock, signal, topics, values } = world;
  const deadline = clock.monotonic() + SETTLE_MS;
  let read = world.bounds;
  while (verifier.hasHoles && clock.monotonic() < deadline) {
    await clock.sleep(SETTLE_WAIT_MS, signal);
    const now = await scanner.bounds(topics, null, signal);
    const next = now.map((bound) => ({ ...bound, from: endOf(read, bound) }));
    await scanner.scan(next, async (record) => verifier.acceptLater(await checkedOf(record, values, signal)), signal);
    read = next;
  }
}

function endOf(ranges: readonly ScanRange[], { topic, partition }: ScanRange): bigint {
  return ranges.find((range) => range.topic === topic && range.partition === partition)?.to ?? 0n;
}
