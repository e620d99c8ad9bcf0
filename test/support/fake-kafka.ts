import { KafkaError, type KafkaPhase, kindOf } from '../../src/kafka/kafka-error.ts';
import type {
  ClusterLayout,
  CommitReceipt,
  KafkaLog,
  PartitionBatch,
  PartitionContents,
  ReadRequest,
  TransactionalProducer,
  TransactionPlan,
} from '../../src/kafka/port.ts';
import type { Clock } from '../../src/lib/clock.ts';

/** Where a transaction breaks. `lost-answer` is a commit that took place and whose answer never came. */
export interface Fault {
  readonly at: 'progress' | 'data' | 'commit' | 'lost-answer';
  readonly code: string;
}

/** A clock whose sleeps end at once and move its time. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  #time = 1_000_000;

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  advance(ms: number): void {
    this.#time += ms;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#time += ms;
    // A turn of the event loop, so that others run as they would during a real wait.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * A model of what a broker promises about transactions, fencing and committed reads, with faults on demand. For the
 * transitions of a shard only: what real brokers and kafkajs do is tested on real ones.
 */
export class FakeKafka implements KafkaLog {
  /** Committed records by `topic/partition`, in order; null stands for a marker. */
  readonly partitions = new Map<string, ({ readonly key: string; readonly value: string | null } | null)[]>();
  readonly plans: TransactionPlan[] = [];
  readonly counts: Map<string, number>;
  readonly settings = new Map<string, string>([['cleanup.policy', 'compact']]);
  fences = 0;
  /** So many of the next reads end so many offsets before the end, as at a broker that lost the leadership unawares. */
  staleReads = { count: 0, offsets: 0 };
  /** Called before each commit is decided; may start rivals, or hold the commit up. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  readonly #epochs = new Map<string, number>();
  readonly #faults: (Fault | null)[] = [];
  readonly #claimFaults: Fault[] = [];
  readonly #fenceFaults: string[] = [];

  constructor(counts: Readonly<Record<string, number>>) {
    this.counts = new Map(Object.entries(counts));
  }

  /** The next transactions that publish units break so, in this order; at a null it goes well. */
  breakNext(...faults: readonly (Fault | null)[]): void {
    this.#faults.push(...faults);
  }

  breakNextClaim(...faults: readonly Fault[]): void {
    this.#claimFaults.push(...faults);
  }

  breakNextFence(...codes: readonly string[]): void {
    this.#fenceFaults.push(...codes);
  }

  values(topic: string): readonly string[] {
    const found: string[] = [];
    for (const [name, records] of this.partitions) {
      if (name.startsWith(`${topic}/`)) found.push(...records.flatMap((record) => record?.value ?? []));
    }
    return found;
  }

  createProducer(transactionalId: string): TransactionalProducer {
    let epoch = -1;
    return {
      fence: () => {
        const code = this.#fenceFaults.shift();
        if (code !== undefined) throw failure('fence', code);
        this.fences += 1;
        epoch = (this.#epochs.get(transactionalId) ?? 0) + 1;
        this.#epochs.set(transactionalId, epoch);
        return Promise.resolve();
      },
      commit: async (plan) => {
        this.plans.push(plan);
        const isClaim = plan.first.flatMap(({ records }) => records).every(({ key }) => key.startsWith('s/'));
        const fault = (isClaim ? this.#claimFaults : this.#faults).shift() ?? null;
        if (fault?.at === 'progress' || fault?.at === 'data') throw failure(fault.at, fault.code);
        if (!isClaim) await this.beforeCommit();
        if (fault?.at === 'commit') throw failure('commit', fault.code);
        if (this.#epochs.get(transactionalId) !== epoch) throw failure('commit', 'INVALID_PRODUCER_EPOCH');
        const receipt = this.#append(plan);
        if (fault?.at === 'lost-answer') throw failure('commit', fault.code);
        return receipt;
      },
      dispose: () => Promise.resolve(),
    };
  }

  readPartition({ topic, partition, fromOffset }: ReadRequest): Promise<PartitionContents> {
    const all = this.partitions.get(`${topic}/${String(partition)}`) ?? [];
    const isStale = this.staleReads.count > 0;
    if (isStale) this.staleReads.count -= 1;
    const records = isStale ? all.slice(0, all.length - this.staleReads.offsets) : all;
    const values = new Map<string, string | null>();
    for (const record of records.slice(Number(fromOffset))) if (record !== null) values.set(record.key, record.value);
    return Promise.resolve({ values, nextOffset: BigInt(records.length) });
  }

  layout(topics: readonly string[]): Promise<ClusterLayout> {
    const layout = new Map<string, number[]>();
    for (const topic of topics) {
      const count = this.counts.get(topic);
      if (count !== undefined)
        layout.set(
          topic,
          Array.from({ length: count }, (_, index) => index % 2),
        );
    }
    return Promise.resolve(layout);
  }

  topicSettings(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(this.settings);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Writes to a partition as a foreign program would. */
  write(topic: string, partition: number, key: string, value: string): void {
    this.#recordsOf({ topic, partition }).push({ key, value }, null);
  }

  #append({ first, rest }: TransactionPlan): CommitReceipt {
    let nextOffset = 0n;
    const batches = [...first, ...rest.flat()];
    for (const batch of batches) {
      const records = this.#recordsOf(batch);
      for (const { key, value } of batch.records) records.push({ key, value: value?.toString() ?? null });
      if (batch === first[0]) nextOffset = BigInt(records.length);
    }
    for (const name of new Set(batches.map(nameOf))) this.partitions.get(name)?.push(null);
    return { nextOffset };
  }

  #recordsOf(batch: Pick<PartitionBatch, 'topic' | 'partition'>): ({ key: string; value: string | null } | null)[] {
    const records = this.partitions.get(nameOf(batch)) ?? [];
    this.partitions.set(nameOf(batch), records);
    return records;
  }
}

export function failure(phase: KafkaPhase, kafkaCode: string): KafkaError {
  return new KafkaError(`Kafka: ${phase} failed with ${kafkaCode}.`, { phase, kafkaCode, kind: kindOf(kafkaCode) });
}

function nameOf({ topic, partition }: Pick<PartitionBatch, 'topic' | 'partition'>): string {
  return `${topic}/${String(partition)}`;
}
