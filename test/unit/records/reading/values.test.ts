import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  isPlainTime,
  parseBoolean,
  parseInteger,
  parseLong,
  parseMinutes,
  parsePlainTime,
  parseTime,
  tokenOf,
  wordsOf,
} from '../../../../src/records/reading/values.ts';

test('white space is what XML calls so, and nothing else', () => {
  expect(tokenOf(' \t\r\n a b \n')).toBe('a b');
  expect(tokenOf(' \n ')).toBe('');
  expect(wordsOf(' a\tb \r\n c')).toEqual(['a', 'b', 'c']);
  const others = ['\u00a0', '\ufeff', '\u2028', '\u3000', '\u000b'];
  for (const other of others) {
    expect(tokenOf(` ${other} `)).toBe(other);
    expect(wordsOf(`a${other}b`)).toEqual([`a${other}b`]);
    expect([parseLong(`7${other}`), parseBoolean(`1${other}`), parseTime(`2009-03-02T08:14:58Z${other}`)]).toEqual([
      null,
      null,
      null,
    ]);
  }
});

describe('parseLong', () => {
  test('keeps every digit of every 64-bit integer', () => {
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(fc.property(long, (value) => String(parseLong(String(value))) === String(value)));
  });

  test.each([
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['+7', 7],
    ['+9007199254740993', 9007199254740993n],
    ['0007', 7],
    ['\n  6500\t', 6500],
    ['-0', 0],
  ])('reads %j', (raw, value) => {
    expect(Object.is(parseLong(raw), value)).toBe(true);
  });

  test.each([
    '',
    ' ',
    '9223372036854775808',
    '-9223372036854775809',
    '1.0',
    '1e3',
    '0x10',
    '1 2',
    '٣',
    '1'.repeat(101),
  ])('refuses %j', (raw) => {
    expect(parseLong(raw)).toBeNull();
  });
});

test('parseInteger refuses what has more than 32 bits', () => {
  expect(['2147483647', '-2147483648', '2147483648', '9007199254740993'].map(parseInteger)).toEqual([
    2147483647,
    -2147483648,
    null,
    null,
  ]);
});

test('parseBoolean takes true, false, 1 and 0 in any case, and nothing else', () => {
  expect(['true', 'False', ' TRUE ', '1', '0'].map(parseBoolean)).toEqual([true, false, true, true, false]);
  expect(['', 'yes', '2', 'truefalse'].map(parseBoolean)).toEqual([null, null, null, null]);
});

describe('parseTime', () => {
  test('reads back what Date writes, for every year of four digits', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(date, (at) => parseTime(at.toISOString()) === at.getTime()));
  });

  test.each([
    ['2009-03-02T08:14:58Z', '2009-03-02T08:14:58.000Z'],
    ['2009-03-02T08:14:58', '2009-03-02T08:14:58.000Z'],
    [' 2009-03-02T08:14:58.1239999Z ', '2009-03-02T08:14:58.123Z'],
    ['2009-03-02T08:14:58.5Z', '2009-03-02T08:14:58.500Z'],
    ['2009-03-02T10:14:58+02:00', '2009-03-02T08:14:58.000Z'],
    ['2009-03-02T02:44:58-05:30', '2009-03-02T08:14:58.000Z'],
    ['0001-01-01T00:00:00', '0001-01-01T00:00:00.000Z'],
    ['2008-02-29T24:00:00Z', '2008-03-01T00:00:00.000Z'],
  ])('reads %j', (raw, iso) => {
    expect(new Date(parseTime(raw) ?? NaN).toISOString()).toBe(iso);
  });

  test.each([
    '',
    '2009-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2009-04-31T00:00:00Z',
    '2009-13-01T00:00:00Z',
    '2009-00-01T00:00:00Z',
    '2009-01-00T00:00:00Z',
    '2009-01-01T24:00:01Z',
    '2009-01-01T00:60:00Z',
    '2009-01-01T00:00:00+24:00',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T24:00:00Z',
    '2009-01-01 00:00:00Z',
    '2009-01-01',
    '1235981698',
    'tomorrow',
  ])('refuses %j', (raw) => {
    expect(parseTime(raw)).toBeNull();
  });
});

describe('parsePlainTime', () => {
  test('reads every plain time as parseTime does', () => {
    const date = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    const plain = date.map((at) => at.toISOString().replace(/\.[0-9]+/, ''));
    fc.assert(fc.property(plain, (raw) => parsePlainTime(raw) === parseTime(raw)));
  });

  test('never reads what parseTime refuses, nor anything else differently', () => {
    const piece = (width: number): fc.Arbitrary<string> =>
      fc.oneof(fc.nat(10 ** width - 1), fc.nat(62)).map((n) => String(n).padStart(width, '0').slice(-width));
    const mark = fc.constantFrom('-', '-', '-', 'T', ':', ' ', 'x');
    const parts = fc.tuple(
      piece(4),
      mark,
      piece(2),
      mark,
      piece(2),
      fc.constantFrom('T', ' '),
      piece(2),
      fc.constant(':'),
      piece(2),
      fc.constant(':'),
      piece(2),
      fc.constantFrom('Z', 'x'),
    );
    fc.assert(
      fc.property(parts, (text) => {
        const value = parsePlainTime(text.join(''));
        if (value !== null) expect(value).toBe(parseTime(text.join('')));
      }),
      { numRuns: 2000 },
    );
  });

  test('leaves other forms to parseTime', () => {
    const others = [
      '2009-03-02T08:14:58.1Z',
      '2009-03-02T08:14:58',
      '2009-03-02T24:00:00Z',
      '0001-01-01T00:00:00Z',
      '',
    ];
    expect(others.map(parsePlainTime)).toEqual(others.map(() => null));
  });
});

test('only a time in UTC with at most milliseconds says no more than its number', () => {
  expect(['2009-03-02T08:14:58Z', '2009-03-02T08:14:58.123Z'].map(isPlainTime)).toEqual([true, true]);
  const richer = [
    '2009-03-02T08:14:58',
    '2009-03-02T08:14:58.1234Z',
    '2009-03-02T08:14:58+00:00',
    ' 2009-03-02T08:14:58Z',
  ];
  expect(richer.map(isPlainTime)).toEqual([false, false, false, false]);
});

test('parseMinutes reads durations of whole minutes', () => {
  expect(['PT15M', 'PT1H', 'P1D', 'PT1H30M', 'PT30M0S', ' PT5M '].map(parseMinutes)).toEqual([15, 60, 1440, 90, 30, 5]);
  expect(['', 'P', 'PT', 'P1DT', 'PT30S', '15', 'PT-5M', 'P1M', 'PT1.5H'].map(parseMinutes)).toEqual(
    Array.from({ length: 9 }, () => null),
  );
});
