import { createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { readChallengeMessage } from '../../../../../src/cwa/sign-in/ntlm/challenge-message.ts';
import { authenticateMessage, negotiateMessage } from '../../../../../src/cwa/sign-in/ntlm/messages.ts';
import type { AuthenticateParts } from '../../../../../src/cwa/sign-in/ntlm/messages.ts';
import { ntlmV2Key, ntlmV2Response } from '../../../../../src/cwa/sign-in/ntlm/responses.ts';
import { readTargetInfo } from '../../../../../src/cwa/sign-in/ntlm/target-info.ts';
import {
  bytes,
  CHALLENGE_MESSAGE,
  CLIENT_CHALLENGE,
  IDENTITY,
  LM_V2_RESPONSE,
  NT_PROOF,
  RESPONSE_BLOB,
  SERVER_CHALLENGE,
  WORKSTATION,
} from './published-example.ts';

/** 1601-01-01, the time of the example. */
const FILETIME_ZERO_MS = -11_644_473_600_000;
const SERVER_TIME = bytes('00 80 3e d5 de b1 9d 01');

const PARTS: AuthenticateParts = {
  identity: IDENTITY,
  workstation: WORKSTATION,
  clientChallenge: CLIENT_CHALLENGE,
  now: FILETIME_ZERO_MS,
  channelBindings: null,
  targetName: null,
};

/** The third message to a challenge, and its fields where they stand. */
function answerTo(challenge: Buffer, parts: AuthenticateParts = PARTS) {
  const sent = { negotiate: negotiateMessage(), challenge };
  const message = authenticateMessage(readChallengeMessage(challenge), parts, sent);
  const field = (offset: number): Buffer => {
    const start = message.readUInt32LE(offset + 4);
    return message.subarray(start, start + message.readUInt16LE(offset));
  };
  const text = (offset: number): string => field(offset).toString('utf16le');
  return {
    message,
    lmResponse: field(12),
    ntResponse: field(20),
    domain: text(28),
    user: text(36),
    workstation: text(44),
    sessionKey: field(52),
    flags: message.readUInt32LE(60),
    firstField: message.readUInt32LE(16),
    sent,
  };
}

/** The challenge of the example from a server that tells its time. */
function challengeWithTime(): Buffer {
  const pairs = Buffer.concat([bytes('07 00 08 00'), SERVER_TIME]);
  const message = Buffer.concat([CHALLENGE_MESSAGE.subarray(0, -4), pairs, Buffer.alloc(4)]);
  message.writeUInt16LE(message.readUInt16LE(40) + pairs.length, 40);
  message.writeUInt16LE(message.readUInt16LE(42) + pairs.length, 42);
  return message;
}

/** The target information that the response repeats. */
function targetInfoOf(ntResponse: Buffer): ReadonlyMap<number, Buffer> {
  return new Map(readTargetInfo(ntResponse.subarray(44)).map(({ id, value }) => [id, value]));
}

describe('the first message', () => {
  test('has 40 bytes with a version, asks for NTLMv2 in Unicode, and names nobody', () => {
    expect(negotiateMessage()).toEqual(
      bytes('4e544c4d53535000 01000000 058288a2 0000000000000000 0000000000000000 0601b11d0000000f'),
    );
  });
});

describe('the third message', () => {
  test('carries the names and responses of the example of MS-NLMP §4.2.4', () => {
    expect(answerTo(CHALLENGE_MESSAGE)).toMatchObject({
      lmResponse: LM_V2_RESPONSE,
      ntResponse: Buffer.concat([NT_PROOF, RESPONSE_BLOB]),
      domain: 'Domain',
      user: 'User',
      workstation: 'COMPUTER',
      sessionKey: Buffer.alloc(0),
      // Without a MIC: the first field follows the version.
      firstField: 72,
    });
  });

  test('has the head of an AUTHENTICATE_MESSAGE, and agrees to no more than the server offers', () => {
    const { flags, message } = answerTo(CHALLENGE_MESSAGE);
    expect(message.subarray(0, 12)).toEqual(bytes('4e544c4d53535000 03000000'));
    expect(flags & ~CHALLENGE_MESSAGE.readUInt32LE(20)).toBe(0);
  });

  test('goes by the time of a server that tells it, with a MIC over all messages and no LMv2 response', () => {
    const challenge = challengeWithTime();
    const { firstField, lmResponse, message, ntResponse, sent } = answerTo(challenge);
    expect(lmResponse).toEqual(Buffer.alloc(24));
    expect(ntResponse.subarray(24, 32)).toEqual(SERVER_TIME);
    expect(targetInfoOf(ntResponse).get(6)).toEqual(bytes('02 00 00 00'));

    const targetInfo = ntResponse.subarray(44, -4);
    const response = { serverChallenge: SERVER_CHALLENGE, clientChallenge: CLIENT_CHALLENGE, timestamp: SERVER_TIME };
    const expected = ntlmV2Response(ntlmV2Key(IDENTITY), { ...response, targetInfo });
    expect(ntResponse).toEqual(expected.response);

    expect(firstField).toBe(88);
    const unsigned = Buffer.concat([message.subarray(0, 72), Buffer.alloc(16), message.subarray(88)]);
    const mic = createHmac('md5', expected.sessionBaseKey)
      .update(Buffer.concat([sent.negotiate, challenge, unsigned]))
      .digest();
    expect(message.subarray(72, 88)).toEqual(mic);
  });

  test('is bound to the TLS connection and to the name of the service', () => {
    const channelBindings = Buffer.alloc(16, 7);
    const targetName = 'HTTP/im.fabrikam.example';
    const info = targetInfoOf(answerTo(challengeWithTime(), { ...PARTS, channelBindings, targetName }).ntResponse);
    expect([...info.keys()]).toEqual([2, 1, 7, 6, 10, 9]);
    expect(info.get(10)).toEqual(channelBindings);
    expect(info.get(9)?.toString('utf16le')).toBe(targetName);
  });

  test('carries umlauts, and a user with its domain as one name', () => {
    const identity = { user: 'jürgen@fabrikam.example', domain: '', password: 'ä & <ß>' };
    expect(answerTo(CHALLENGE_MESSAGE, { ...PARTS, identity })).toMatchObject({
      user: 'jürgen@fabrikam.example',
      domain: '',
    });
  });

  test('takes the time of this machine where the server tells none', () => {
    const { ntResponse } = answerTo(CHALLENGE_MESSAGE, { ...PARTS, now: 0 });
    // 1970-01-01 in units of 100 ns since 1601.
    expect(ntResponse.readBigUInt64LE(24)).toBe(116_444_736_000_000_000n);
  });
});
