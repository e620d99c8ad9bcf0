import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type ConsoleMarks, drawMarks, parseRecord, splitAt } from '../../../../dev/kafka/console-format.ts';

const MARKS = drawMarks();

/** What `DefaultMessageFormatter` prints for one record, without the mark at its end. */
function printed(
  key: string | null,
  value: Buffer | null,
  headers = 'NO_HEADERS',
  time = 'CreateTime:1700000000000',
  marks: ConsoleMarks = MARKS,
): Buffer {
  const { field, nothing } = marks;
  const start = `${time}${field}Partition:3${field}Offset:41${field}${headers}${field}${key ?? nothing}${field}`;
  return Buffer.concat([Buffer.from(start), value ?? Buffer.from(nothing)]);
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

async function collect(parts: AsyncIterable<Buffer>): Promise<readonly Buffer[]> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

describe('a printed record', () => {
  test('is read with its place, time, key and value', () => {
    expect(parseRecord('topic', printed('key', Buffer.from('value')), MARKS)).toEqual({
      topic: 'topic',
      partition: 3,
      offset: 41n,
      timestampMs: 1_700_000_000_000,
      key: 'key',
      value: Buffer.from('value'),
      headers: [],
    });
  });

  test('tells null from the empty text', () => {
    const empty = parseRecord('topic', printed('', Buffer.alloc(0)), MARKS);
    const nothing = parseRecord('topic', printed(null, null), MARKS);
    expect([empty.key, empty.value]).toEqual(['', Buffer.alloc(0)]);
    expect([nothing.key, nothing.value]).toEqual([null, null]);
  });

  test('keeps headers in their order, and colons and line ends in their values', () => {
    const headers = `id:urn:x${MARKS.header}note:a\nb${MARKS.header}none:${MARKS.nothing}`;
    expect(parseRecord('topic', printed('key', null, headers), MARKS).headers).toEqual([
      ['id', 'urn:x'],
      ['note', 'a\nb'],
      ['none', null],
    ]);
  });

  test('may have the time of its append, or none', () => {
    const appended = printed('key', null, 'NO_HEADERS', 'LogAppendTime:5');
    expect(parseRecord('topic', appended, MARKS).timestampMs).toBe(5);
    expect(parseRecord('topic', printed('key', null, 'NO_HEADERS', 'NO_TIMESTAMP'), MARKS).timestampMs).toBeUndefined();
  });

  test.each([
    ['too few fields', Buffer.from('CreateTime:1')],
    ['an unknown time', printed('key', null, 'NO_HEADERS', 'Time:1')],
    ['a field too many', Buffer.concat([printed('key', null), Buffer.from(`${MARKS.field}more`)])],
  ])('is refused with %s', (_, bytes) => {
    expect(() => parseRecord('topic', bytes, MARKS)).toThrow(/console consumer printed/);
  });

  test('survives any bytes of its value and any cut of the stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 70 }),
        async (values, size) => {
          const records = values.map((value) =>
            Buffer.concat([printed('key', Buffer.from(value)), Buffer.from(MARKS.record)]),
          );
          const parts = await collect(splitAt(chunksOf(Buffer.concat(records), size), MARKS.record));
          const read = parts.map((part) => parseRecord('topic', part, MARKS).value);
          expect(read).toEqual(values.map((value) => Buffer.from(value)));
        },
      ),
    );
  });

  test('that breaks off is an error, not a shorter topic', async () => {
    const stream = chunksOf(Buffer.from(`whole${MARKS.record}half`), 8);
    await expect(collect(splitAt(stream, MARKS.record))).rejects.toThrow(/broke off/);
  });
});
