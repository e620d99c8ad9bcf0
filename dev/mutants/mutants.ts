/** One deliberate mistake: an exact replacement in one or more files, and the tests that must notice it. */
export interface Mutant {
  readonly name: string;
  /** What goes wrong in the field if nobody notices. */
  readonly consequence: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** Test files that must turn red. They are green without the mutant, which is tried first. */
  readonly tests: readonly string[];
}

/** The five mistakes that cost events silently, each the easiest way to write it wrong. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledge-before-commit',
    consequence: 'a crash between poll and commit loses the answer: the server has forgotten it',
    edits: [
      {
        file: 'src/bridge/progress/cursor.ts',
        find: '    await shard.commit({ accountId, records: plan.records, progress });\n    this.#progress = next;\n',
        replace:
          '    this.#progress = next;\n    await shard.commit({ accountId, records: plan.records, progress });\n',
      },
    ],
    tests: ['test/unit/bridge/progress/cursor.test.ts'],
  },
  {
    name: 'sort-eids-as-text',
    consequence: 'event 10 is published before event 9',
    edits: [
      {
        file: 'src/events/order.ts',
        find: '  return a < b ? -1 : a > b ? 1 : 0;\n',
        replace: '  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;\n',
      },
    ],
    tests: ['test/unit/events/admit.test.ts'],
  },
  {
    name: 'no-fence',
    consequence: 'a process that was stopped and wakes up commits what its successor has published already',
    edits: [
      {
        file: 'src/kafka/shard-settings.ts',
        find: '  return `${installation}-shard-${String(shard)}`;\n',
        replace: '  return `${installation}-shard-${String(shard)}-${String(Math.random())}`;\n',
      },
    ],
    tests: ['test/integration/kafka-shard.test.ts'],
  },
  {
    name: 'several-leaders',
    consequence: 'the client repeats a send to leaders that took it already, with new sequence numbers: duplicates',
    edits: [
      {
        file: 'src/kafka/transaction-plan.ts',
        find: '    const name = leader === null ? `${batch.topic}/${String(batch.partition)}` : `leader ${String(leader)}`;\n',
        replace: "    const name = leader === null ? 'all' : 'all';\n",
      },
      {
        file: 'src/kafka/kafkajs/producer.ts',
        find: '      retry: { retries: 0 },\n',
        replace: '      retry: { retries: 20, initialRetryTime: 2, maxRetryTime: 20 },\n',
      },
    ],
    tests: ['test/unit/kafka/transaction-plan.test.ts', 'test/integration/kafka-log.test.ts'],
  },
  {
    name: 'commit-after-failed-send',
    consequence: 'a transaction becomes visible without the records of the send that failed',
    edits: [
      {
        file: 'src/kafka/kafkajs/producer.ts',
        find: '() => this.#sendOnce(transaction, send));\n    }\n    await',
        replace: '() => this.#sendOnce(transaction, send).catch((): RecordMetadata[] => []));\n    }\n    await',
      },
    ],
    tests: ['test/integration/kafka-log.test.ts', 'test/integration/kafka-shard.test.ts'],
  },
];
