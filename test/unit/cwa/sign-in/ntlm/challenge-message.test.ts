import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SignInUnavailableError } from '../../../../../src/cwa/errors.ts';
import { readChallengeMessage } from '../../../../../src/cwa/sign-in/ntlm/challenge-message.ts';
import { timestampOf } from '../../../../../src/cwa/sign-in/ntlm/target-info.ts';
import { bytes, CHALLENGE_MESSAGE, SERVER_CHALLENGE } from './published-example.ts';

/** The example with other bytes at a place. */
function changed(offset: number, hex: string): Buffer {
  const message = Buffer.from(CHALLENGE_MESSAGE);
  bytes(hex).copy(message, offset);
  return message;
}

test('the challenge of MS-NLMP §4.2.4.3 is read', () => {
  expect(readChallengeMessage(CHALLENGE_MESSAGE)).toEqual({
    flags: 0xe28a8233,
    serverChallenge: SERVER_CHALLENGE,
    targetInfo: [
      { id: 2, value: Buffer.from('Domain', 'utf16le') },
      { id: 1, value: Buffer.from('Server', 'utf16le') },
    ],
  });
});

test.each([
  ['by its flags', changed(20, '33 82 0a e2').subarray(0, 32)],
  ['by no bytes', changed(40, '00 00')],
])('a server that says nothing about itself, %s, is understood', (_how, message) => {
  const { targetInfo } = readChallengeMessage(message);
  expect(targetInfo).toEqual([]);
  expect(timestampOf(targetInfo)).toBeNull();
});

describe('a challenge that is refused', () => {
  test.each<[how: string, message: Buffer, detail: string]>([
    ['empty', Buffer.alloc(0), 'it has 0 bytes, not 32 to 16384'],
    ['without a challenge', CHALLENGE_MESSAGE.subarray(0, 31), 'it has 31 bytes, not 32 to 16384'],
    ['larger than a header', Buffer.concat([CHALLENGE_MESSAGE, Buffer.alloc(20_000)]), 'bytes, not 32 to 16384'],
    ['of another protocol', changed(0, '60 82'), 'it is no NTLM message'],
    ['of another step', changed(8, '03'), 'it is message 3, not 2'],
    ['without Unicode', changed(20, '32'), 'does not take names in Unicode'],
    ['cut before its fields', CHALLENGE_MESSAGE.subarray(0, 44), 'it ends before its target information'],
    ['cut in its fields', CHALLENGE_MESSAGE.subarray(0, -1), 'is beyond its end (36 bytes at 68 of 103)'],
    ['with a far offset', changed(44, 'ff ff ff ff'), 'is beyond its end (36 bytes at 4294967295 of 104)'],
    ['with a huge length', changed(40, 'ff ff'), 'is beyond its end (65535 bytes at 68 of 104)'],
    ['with a huge pair', changed(70, 'ff ff'), 'target information 2 of 65535 bytes reaches beyond the end'],
    ['with a pair that has no end', changed(40, '20 00'), 'the target information has no end'],
  ])('%s', (_how, message, detail) => {
    const read = (): unknown => readChallengeMessage(message);
    expect(read).toThrow(SignInUnavailableError);
    expect(read).toThrow(detail);
    expect(read).toThrow(/^the server's NTLM challenge cannot be answered: .*; check what stands between/);
  });

  test('with a timestamp of another size', () => {
    expect(() => timestampOf([{ id: 7, value: Buffer.alloc(7) }])).toThrow('its timestamp has 7 bytes, not 8');
  });

  test('is refused in words, whatever its bytes are', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([CHALLENGE_MESSAGE.subarray(0, 20), tail])),
      fc
        .tuple(fc.nat({ max: CHALLENGE_MESSAGE.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([offset, patch]) => changed(offset, Buffer.from(patch).toString('hex'))),
    );
    fc.assert(
      fc.property(anything, (message) => {
        try {
          timestampOf(readChallengeMessage(message).targetInfo);
        } catch (error) {
          expect(error).toBeInstanceOf(SignInUnavailableError);
        }
      }),
    );
  });
});
