import { expect, test } from 'vitest';

import { formatClaim, parseClaim } from '../../../src/kafka/claim-record.ts';

const CLAIM = {
  claim: 7,
  replica: 'bridge-0',
  installation: 'cwa-bridge',
  nonce: 'f00d',
  shards: 6,
  at: 1_700_000_000_000,
};

test('reads what it writes', () => {
  expect(parseClaim('s/1', formatClaim(CLAIM))).toEqual(CLAIM);
});

test('passes over fields that it does not know', () => {
  expect(parseClaim('s/1', JSON.stringify({ formatVersion: 1, ...CLAIM, later: true }))).toEqual(CLAIM);
});

test.each([
  ['of a newer format', JSON.stringify({ formatVersion: 2, ...CLAIM }), /newer than this program/],
  ['that is no JSON', 'claim', /is not a claim: claim/],
  ['without a number', JSON.stringify({ formatVersion: 1, ...CLAIM, claim: 'x' }), /is not a claim/],
  ['that is null', 'null', /is not a claim/],
])('refuses a record %s', (_what, text, message) => {
  expect(() => parseClaim('s/1', text)).toThrow(message);
});
