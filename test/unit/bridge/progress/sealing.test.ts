import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { areComparable, openSealed, seal, secretMark } from '../../../../src/bridge/progress/sealing.ts';

const OLD = { id: 'old', key: randomBytes(32) };
const NEW = { id: 'new', key: randomBytes(32) };
const CONTEXT = { installation: 'cwa-bridge', accountId: 'a', generation: 7, sid: '412' };

describe('sealing', () => {
  test('opens what it sealed, also after the keys were rotated', () => {
    const sealed = seal([OLD], CONTEXT, 'ticket') ?? expect.fail('not sealed');
    expect(openSealed([NEW, OLD], CONTEXT, sealed)).toBe('ticket');
  });

  test('seals with the first key of the list', () => {
    expect(seal([NEW, OLD], CONTEXT, 'x')?.keyId).toBe('new');
  });

  test('writes nothing without a key', () => {
    expect(seal([], CONTEXT, 'ticket')).toBeNull();
  });

  test.each([
    ['another account', { ...CONTEXT, accountId: 'b' }],
    ['another generation', { ...CONTEXT, generation: 8 }],
    ['another session', { ...CONTEXT, sid: '413' }],
    ['another installation', { ...CONTEXT, installation: 'x' }],
  ])('does not open under %s', (_, other) => {
    const sealed = seal([OLD], CONTEXT, 'ticket') ?? expect.fail('not sealed');
    expect(openSealed([OLD], other, sealed)).toBeNull();
  });

  test('does not open with another key, nor when a bit is changed', () => {
    const sealed = seal([OLD], CONTEXT, 'ticket') ?? expect.fail('not sealed');
    expect(openSealed([{ ...NEW, id: 'old' }], CONTEXT, sealed)).toBeNull();
    expect(openSealed([NEW], CONTEXT, sealed)).toBeNull();
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(openSealed([OLD], CONTEXT, { ...sealed, ciphertext: bytes.toString('base64') })).toBeNull();
  });

  test('marks a changed secret, and only with a key', () => {
    expect(secretMark([OLD], 'a', 'one')).not.toBe(secretMark([OLD], 'a', 'two'));
    expect(secretMark([OLD], 'a', 'one')).toBe(secretMark([OLD], 'a', 'one'));
    expect(secretMark([], 'a', 'one')).toBeNull();
  });

  test('marks with the key of an earlier mark, wherever that stands now, and tells marks of other keys apart', () => {
    const mark = secretMark([OLD], 'a', 'one');
    expect(secretMark([NEW, OLD], 'a', 'one', mark)).toBe(mark);
    expect(secretMark([NEW, OLD], 'a', 'two', mark)).not.toBe(mark);
    expect(areComparable(secretMark([NEW, OLD], 'a', 'two', mark), mark)).toBe(true);

    expect(secretMark([NEW, OLD], 'a', 'one')).toBe(secretMark([NEW], 'a', 'one', mark));
    expect(areComparable(secretMark([NEW], 'a', 'one', mark), mark)).toBe(false);
    expect(areComparable(null, null)).toBe(false);
  });

  test('knows a key by its content: another one under the same id is another key', () => {
    const mark = secretMark([OLD], 'a', 'one');
    expect(areComparable(secretMark([{ ...NEW, id: 'old' }], 'a', 'one', mark), mark)).toBe(false);
  });
});
