import { describe, expect, test } from 'vitest';

import { LetterAssembler } from '../../../../src/records/dead-letters/letter-assembler.ts';
import { readLetterPart } from '../../../../src/records/dead-letters/letter-part.ts';
import { serializeXml } from '../../../../src/lib/xml.ts';
import { event } from '../../bridge/builders.ts';
import { letterOf, partsIn, recordsOf, recordsOfRefused } from '../../bridge/letter-builders.ts';

const TIDE = event('tide', '8', 'high '.repeat(20_000));
const PARTS = partsIn(recordsOf(TIDE, 16_384));

describe('a dead letter', () => {
  test('is put together from its parts, in whatever order they come', () => {
    expect(PARTS.length).toBeGreaterThan(5);
    for (const parts of [PARTS, PARTS.toReversed()]) {
      const letter = letterOf(parts);
      expect(letter).toMatchObject({ state: 'whole', first: { part: 0 }, ids: PARTS.map(({ id }) => id) });
      expect(letter.body.toString()).toBe(serializeXml(TIDE));
    }
  });

  test('is handed out with its last part, and others meanwhile with theirs', () => {
    const assembler = new LetterAssembler();
    const others = PARTS.map((part) => ({ ...part, accountId: 'other' }));
    const taken = PARTS.flatMap((part, index) => [assembler.take(part), assembler.take(others[index] ?? part)]);
    expect(taken.filter((letter) => letter !== null).map(({ first }) => first.accountId)).toEqual(['pilot', 'other']);
    expect(assembler.rest()).toEqual([]);
  });

  test('is incomplete without one of its parts, and holds the body up to there', () => {
    const letter = letterOf(PARTS.filter(({ part }) => part !== 2));
    expect(letter.state).toBe('incomplete');
    expect(serializeXml(TIDE).startsWith(letter.body.toString())).toBe(true);
    expect(letter.body).toHaveLength(2 * Buffer.from(PARTS[0]?.bodyBase64 ?? '', 'base64').length);
    expect(letterOf(PARTS.slice(1))).toMatchObject({ state: 'incomplete', first: { part: 1 }, body: Buffer.alloc(0) });
  });

  test('is damaged if its digest is another', () => {
    expect(letterOf(PARTS.map((part) => ({ ...part, bodySha256: '0'.repeat(64) }))).state).toBe('damaged');
  });

  test('is cut if the bridge published only the beginning of the body', () => {
    const letter = letterOf(partsIn(recordsOfRefused(Buffer.alloc(2_000_000, 'x'))));
    expect(letter).toMatchObject({ state: 'cut', first: { bodyBytes: 2_000_000 } });
    expect(letter.body).toHaveLength(1_048_576);
  });

  test('without a body is told from one with an empty body', () => {
    const [part] = partsIn(recordsOfRefused(Buffer.alloc(0)));
    expect(part === undefined ? null : letterOf([part]).state).toBe('whole');
    expect(part === undefined ? null : letterOf([{ ...part, bodyBase64: null }]).state).toBe('absent');
  });
});

describe('a record of the dead-letter topic', () => {
  test('is read with fields that are not known', () => {
    const [part] = PARTS;
    expect(readLetterPart(JSON.stringify({ ...part, weather: 'fair' }))).toMatchObject({ id: part?.id });
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['without an id', JSON.stringify({ ...PARTS[0], id: undefined })],
    ['with a part that is no number', JSON.stringify({ ...PARTS[0], part: 'first' })],
    ['with a line that is no number', JSON.stringify({ ...PARTS[0], line: '1' })],
  ])('that is %s is none', (_, text) => {
    expect(readLetterPart(text)).toBeNull();
  });
});
