import { describe, expect, test } from 'vitest';

import { avroSchemaOf } from '../../../../src/records/schema/avro.ts';
import { gateFindings } from '../../../../src/records/schema/release-gate.ts';
import { field, type FieldMap, long, optional, record, text } from '../../../../src/records/schema/schema.ts';

function schemaOf(fields: FieldMap, doc = 'words') {
  return record('Thing', doc, fields);
}

function released(version: number, fields: FieldMap) {
  return { version, avsc: JSON.stringify(avroSchemaOf(schemaOf(fields))) };
}

const ID = { id: field(text, 'name') };
const WITH_EID = { ...ID, eid: optional(long, 'number') };

describe('gateFindings', () => {
  test('finds nothing where nothing was released', () => {
    expect(gateFindings({ version: 1, schema: schemaOf(ID) }, [])).toEqual([]);
  });

  test('lets words change in a version', () => {
    const schema = schemaOf({ id: field(text, 'better words') }, 'other words');
    expect(gateFindings({ version: 1, schema }, [released(1, ID)])).toEqual([]);
  });

  test('takes nothing but the name for the field that is called doc', () => {
    const schema = schemaOf({ ...ID, doc: optional(text, '') });
    expect(gateFindings({ version: 1, schema }, [released(1, ID)])).toMatchObject([{ version: 1, path: '' }]);
  });

  test('wants another version for another schema, also for one that reads all older records', () => {
    const schema = schemaOf(WITH_EID);
    expect(gateFindings({ version: 1, schema }, [released(1, ID)])).toEqual([
      {
        version: 1,
        path: '',
        change: 'was changed and still has version 1',
        consequence: 'two schemas go by one version; raise it',
      },
    ]);
    expect(gateFindings({ version: 2, schema }, [released(1, ID)])).toEqual([]);
  });

  test('does not let a version go back', () => {
    expect(gateFindings({ version: 1, schema: schemaOf(ID) }, [released(1, ID), released(2, ID)])).toMatchObject([
      { version: 2, change: 'has version 1, and 2 was released' },
    ]);
  });

  test('compares with every released schema, not with the last alone', () => {
    const versions = [released(1, { id: field(long, '') }), released(2, {}), released(3, WITH_EID)];
    expect(gateFindings({ version: 4, schema: schemaOf(ID) }, versions)).toMatchObject([
      { version: 1, path: 'id', change: 'was long and is string' },
      { version: 2, path: 'id', change: 'was added, or renamed, without a default' },
    ]);
  });
});
