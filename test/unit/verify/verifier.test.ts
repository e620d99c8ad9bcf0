import { describe, expect, test } from 'vitest';

import type { CheckedRecord } from '../../../src/verify/checked-record.ts';
import { check, verifierOf, generationOf, kindsOf, stored } from './builders.ts';

const FLAWLESS = generationOf('a', 7, 10);

function without(sequence: number, records = FLAWLESS): readonly CheckedRecord[] {
  return records.filter(({ offset }) => offset !== BigInt(sequence));
}

function at(sequence: number): CheckedRecord {
  const record = FLAWLESS.find(({ offset }) => offset === BigInt(sequence));
  if (record === undefined) throw new Error('no such record');
  return record;
}

describe('a stream as it was promised', () => {
  test('is flawless, and is counted by topic and account', () => {
    const report = check([...FLAWLESS, ...generationOf('b', 3, 1), ...generationOf('b', 9, 2)]);
    expect(report).toMatchObject({ isFlawless: true, records: 19, unjudged: 0, violations: [] });
    expect(report.topics.map(({ topic, records }) => [topic, records])).toEqual([
      ['p', 13],
      ['u', 0],
      ['o', 6],
      ['d', 0],
    ]);
    expect(report.accounts).toMatchObject([
      { accountId: 'a', generations: 1, records: 12, gapsOpened: 1, gapsClosed: 1, violations: 0 },
      { accountId: 'b', first: { generation: 3, sequence: 1 }, last: { generation: 9, sequence: 4 }, gapsOpened: 2 },
    ]);
    expect(report.bytes).toBeGreaterThan(1_000);
  });

  test('may come partition by partition in any order of partitions', () => {
    const byPartition = FLAWLESS.toSorted((a, b) => b.partition - a.partition || Number(a.offset - b.offset));
    expect(check(byPartition).isFlawless).toBe(true);
  });
});

describe('sequence', () => {
  test('with a hole is a violation that names the numbers', () => {
    const report = check(without(5, without(4)));
    expect(report.counts['missing-sequence']).toBe(1);
    expect(report.violations).toMatchObject([
      { kind: 'missing-sequence', topic: null, accountId: 'a', message: expect.stringContaining('sequences 4 to 5') },
    ]);
  });

  test('must begin with 1', () => {
    expect(kindsOf(check(without(1)))).toContain('missing-sequence');
  });

  test('that occurs twice under two ids is a violation that names the place', () => {
    const again = { ...stored({ generation: 7, sequence: 4, subject: 'sip:other@a' }), offset: 99n };
    const value = (again.value ?? '').replace(/"id":"[^"]*"/, `"id":"${'0'.repeat(32)}"`);
    const report = check(FLAWLESS.toSpliced(4, 0, { ...again, value }));
    expect(report.violations).toMatchObject([{ kind: 'duplicate-sequence', topic: 'p', offset: '99' }]);
  });

  test('must reach what the committed progress says, also when nothing of the generation is there', () => {
    const verifier = verifierOf();
    for (const record of FLAWLESS) verifier.accept(record);
    verifier.expect('a', 7, 13);
    verifier.expect('b', 1, 2);
    const { violations } = verifier.finish();
    expect(violations.map(({ message }) => message)).toEqual([
      'sequence 13 is in no topic: account a, generation 7',
      'sequences 1 to 2 are in no topic: account b, generation 1',
    ]);
  });

  test('of a generation that another one names as the one before it must be there', () => {
    const operation = { gapId: 'g', previousGeneration: 8 };
    const next = stored({ generation: 9, sequence: 1, type: 'gap', operation });
    const end = stored({ generation: 9, sequence: 2, type: 'snapshotEnded', operation: { gapId: 'g' } });
    expect(check([...FLAWLESS, next, end]).violations).toMatchObject([
      { message: 'sequence 1 is in no topic: account a, generation 8' },
    ]);
  });

  test('that only shows behind the ends is no hole, and what follows it there is none of our business', () => {
    const verifier = verifierOf();
    for (const record of without(6)) verifier.accept(record);
    expect(verifier.hasHoles).toBe(true);
    verifier.acceptLater(at(6));
    verifier.acceptLater(stored({ generation: 7, sequence: 20, subject: 'sip:new@a' }));
    expect(verifier.hasHoles).toBe(false);
    expect(verifier.finish()).toMatchObject({ isFlawless: true, records: 11 });
  });
});

describe('id', () => {
  test('that occurs twice is a violation, also in another generation', () => {
    const [first] = FLAWLESS;
    const { id } = JSON.parse(first?.value ?? '') as { readonly id: string };
    const other = stored({ accountId: 'b', sequence: 1 });
    const value = (other.value ?? '').replace(/"id":"[^"]*"/, `"id":"${id}"`);
    expect(check([...FLAWLESS, { ...other, value }]).violations).toMatchObject([
      { kind: 'duplicate-id', topic: 'o', partition: other.partition, offset: '1', accountId: 'b' },
    ]);
  });

  test('that occurs again on a record of origin replay is as it should be, but its number counts', () => {
    const [first] = FLAWLESS;
    const { id } = JSON.parse(first?.value ?? '') as { readonly id: string };
    const again = stored({ generation: 7, sequence: 13 });
    const value = (again.value ?? '')
      .replace(/"id":"[^"]*"/, `"id":"${id}"`)
      .replace(/"origin":"[^"]*"/, '"origin":"replay"');
    const replayed = { ...again, value };
    expect(check([...FLAWLESS, replayed]).violations).toEqual([]);
    expect(kindsOf(check([...FLAWLESS, replayed, replayed]))).toEqual(['duplicate-sequence']);
  });
});

describe('order', () => {
  test('of one account in one partition must ascend, over generations too', () => {
    const older = stored({ generation: 6, sequence: 1, subject: 'sip:user2@a' });
    const report = check([...FLAWLESS, { ...older, offset: 50n }]);
    expect(report.violations).toMatchObject([{ kind: 'out-of-order', topic: 'p', offset: '50' }]);
  });

  test('between accounts is not promised', () => {
    const a = stored({ accountId: 'a', generation: 9, sequence: 1, subject: 'sip:x' });
    const b = stored({ accountId: 'b', generation: 2, sequence: 1, subject: 'sip:x' });
    expect(check([a, b]).isFlawless).toBe(true);
  });

  test('needs every key in its own partition', () => {
    const record = at(3);
    const moved = { ...record, partition: (record.partition + 1) % 3 };
    expect(kindsOf(check(FLAWLESS.with(2, moved)))).toContain('wrong-partition');
  });

  test('needs the key of the subject, or else of the account', () => {
    expect(kindsOf(check(FLAWLESS.with(2, { ...at(3), key: 'sip:someone@else' })))).toEqual(['wrong-key']);
    expect(kindsOf(check(FLAWLESS.with(0, { ...at(1), key: null })))).toEqual(['wrong-key']);
  });
});

describe('gap', () => {
  test('without a snapshotEnded of its id is a violation at its place', () => {
    const report = check(without(12));
    expect(report.violations).toMatchObject([{ kind: 'gap-open', topic: 'o', offset: '1', accountId: 'a' }]);
    expect(report.accounts).toMatchObject([{ gapsOpened: 1, gapsClosed: 0, violations: 1 }]);
  });

  test('that goes on over generations counts once and needs one end, after the last of them', () => {
    const operation = { gapId: 'g' };
    const opened = [1, 2, 3].map((generation) => stored({ generation, sequence: 1, type: 'gap', operation }));
    const end = stored({ generation: 3, sequence: 2, type: 'snapshotEnded', operation });
    expect(check([...opened, end])).toMatchObject({ isFlawless: true, accounts: [{ gapsOpened: 1, gapsClosed: 1 }] });
    const early = stored({ generation: 2, sequence: 2, type: 'snapshotEnded', operation });
    expect(kindsOf(check([...opened.slice(0, 2), early, ...opened.slice(2)]))).toEqual(['gap-open']);
  });

  test('that ends without having been opened is a violation', () => {
    const records = [stored({ sequence: 1, type: 'snapshotEnded', operation: { gapId: 'g' } })];
    expect(kindsOf(check(records))).toEqual(['gap-unknown']);
  });

  test('that is no gap: the snapshot of a changed watch list ends without an id', () => {
    expect(check([stored({ sequence: 1, type: 'snapshotEnded' })]).isFlawless).toBe(true);
  });
});

describe('a stream whose beginning was not read', () => {
  const options = { judgedFromMs: 1_000 };
  const old = { timestampMs: 999 };

  test('may lack numbers before the first record of that time, and they are counted', () => {
    const report = check(FLAWLESS.slice(4), options);
    expect(report).toMatchObject({ isFlawless: true, unjudged: 4 });
  });

  test('must not lack numbers after it, nor in any later generation', () => {
    expect(kindsOf(check(without(8, FLAWLESS.slice(4)), options))).toEqual(['missing-sequence']);
    const next = without(1, generationOf('a', 8, 3));
    expect(kindsOf(check([...FLAWLESS.slice(4), ...next], options))).toEqual(['missing-sequence']);
  });

  test('may lack numbers between older records that happen to be there', () => {
    const records = [
      ...without(3)
        .slice(0, 4)
        .map((record) => ({ ...record, ...old })),
      ...FLAWLESS.slice(5),
    ];
    expect(check(records, options)).toMatchObject({ isFlawless: true, unjudged: 1 });
  });

  test('still has no id twice', () => {
    expect(kindsOf(check([at(6), at(6)], options))).toEqual(['duplicate-id', 'duplicate-sequence']);
  });
});

describe('value', () => {
  const value = at(3).value ?? '';

  test.each([
    ['a tombstone', null, 'it has no value'],
    ['no JSON', '{"id":', 'its value is no JSON'],
    ['an array', '[]', 'its value is no JSON object'],
    ['a head without a field', value.replace('"warnings":[],', ''), 'it has no warnings'],
    [
      'a field of another type',
      value.replace('"sequence":3', '"sequence":"3"'),
      'its sequence is not of the type long',
    ],
    ['a sequence of 0', value.replace('"sequence":3', '"sequence":0'), 'its sequence is not a safe integer from 1'],
    ['a sequence that lost digits', value.replace('"sequence":3', '"sequence":9007199254740993'), 'not a safe integer'],
    ['an id of another form', value.replace(/"id":"[^"]*"/, '"id":"7"'), 'its id is not 32 hexadecimal digits'],
  ])('that is %s cannot be read', (_, broken, reason) => {
    const report = check([...FLAWLESS, { ...at(3), value: broken, offset: 77n }]);
    expect(report.violations).toMatchObject([
      { kind: 'unreadable', topic: 'p', offset: '77', accountId: null, message: expect.stringContaining(reason) },
    ]);
  });

  test('may have an eid beyond 2^53 and fields that nobody knows', () => {
    const newer = value.replace('"eid":null', '"eid":9223372036854775807').replace(/}$/, ',"later":{"x":1}}');
    expect(check(FLAWLESS.with(2, { ...at(3), value: newer })).isFlawless).toBe(true);
  });
});

test('counts all violations and keeps the first', () => {
  const report = check([...FLAWLESS, ...FLAWLESS], { violationsMax: 3 });
  expect(report.counts).toMatchObject({ 'duplicate-id': 12, 'duplicate-sequence': 12 });
  expect(report.violations).toHaveLength(3);
});
