import { createRequire } from 'node:module';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BATCH_OVERHEAD_BYTES } from '../../../src/kafka/progress-record.ts';
import { outgoingRecord } from '../../support/outgoing.ts';

interface Encoder {
  size(): number;
}

const load = createRequire(import.meta.url);
// kafkajs' own encoder measures; it is private, hence the path.
const encodeRecord = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: object) => Encoder;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<Encoder>;
};

const records = fc.array(
  fc.record({
    topic: fc.constant('t'),
    key: fc.string({ unit: 'binary', maxLength: 80 }),
    value: fc.string({ unit: 'binary', maxLength: 400 }),
    headers: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ unit: 'binary', maxLength: 30 }), { maxKeys: 5 }),
    timestampMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

test('never estimates a batch smaller than what goes over the wire', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (outgoing) => {
      const [first] = outgoing;
      const encoded = outgoing.map(({ key, value, headers, timestampMs }, offsetDelta) =>
        encodeRecord({ key, value, headers, offsetDelta, timestampDelta: timestampMs - (first?.timestampMs ?? 0) }),
      );
      const batch = await RecordBatch({ firstTimestamp: 0, maxTimestamp: 0, records: encoded });

      const estimate = outgoing.reduce((sum, record) => sum + outgoingRecord(record).bytes, BATCH_OVERHEAD_BYTES);
      expect(estimate).toBeGreaterThanOrEqual(batch.size());
    }),
  );
});
