import { expect, test } from 'vitest';

import { avroSchemaOf } from '../../../../src/records/schema/avro.ts';
import { array, field, optional, record, text, timestamp } from '../../../../src/records/schema/schema.ts';

const point = record('Point', 'a place', { x: field(text, 'how far') });

test('a record schema becomes a self-contained Avro schema that defines each record once', () => {
  const schema = record('Path', 'some places', {
    at: field(timestamp, 'when'),
    start: optional(point, 'first'),
    others: field(array(point), 'the rest'),
  });
  expect(avroSchemaOf(schema)).toEqual({
    type: 'record',
    name: 'Path',
    namespace: 'com.cwa_bridge',
    doc: 'some places',
    fields: [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'when' },
      {
        name: 'start',
        type: [
          'null',
          { type: 'record', name: 'Point', doc: 'a place', fields: [{ name: 'x', type: 'string', doc: 'how far' }] },
        ],
        doc: 'first',
        default: null,
      },
      { name: 'others', type: { type: 'array', items: 'com.cwa_bridge.Point' }, doc: 'the rest' },
    ],
  });
});
