import { expect, test } from 'vitest';

import type { AnswerFacts } from '../../../../src/cwa/classify.ts';
import { Credentials } from '../../../../src/cwa/credentials.ts';
import { isOdd, oddAnswerOf } from '../../../../src/cwa/http/odd-answer.ts';

const TICKET = 'c2VjcmV0+dGlja2V0/w==';
const FACTS: AnswerFacts = {
  channel: 'command',
  operation: 'POST /cwa/MainCommandHandler.ashx',
  statusCode: 500,
  contentType: 'text/html',
  location: 'https://im.fabrikam.example/forms/logon.html?token=s3cret',
  retryAfterMs: null,
};
const HEADERS = {
  'cwa-ticket': TICKET,
  'set-cookie': ['CwaNode=cookie-value; path=/'],
  location: FACTS.location ?? '',
  'x-debug': `ticket=${encodeURIComponent(TICKET)}`,
  server: 'Microsoft-IIS/7.5',
};

function credentials(): Credentials {
  const held = new Credentials(() => 0);
  held.absorb(HEADERS, '/cwa/MainCommandHandler.ashx');
  held.signInData = 'c2lnbkluRGF0YQ==';
  return held;
}

test('an answer that is no document is shown with everything but its secrets', () => {
  const page = `<html>trace: CWA-Ticket: ${TICKET}; CwaNode=cookie-value; c2lnbkluRGF0YQ== ${'x'.repeat(4_000)}`;
  const odd = oddAnswerOf(FACTS, HEADERS, Buffer.from(page), credentials());
  expect(odd.headers).toEqual({
    server: 'Microsoft-IIS/7.5',
    'x-debug': 'ticket=[secret]',
    location: 'https://im.fabrikam.example/forms/logon.html',
  });
  expect(odd.body).toMatch(/^<html>trace: CWA-Ticket: \[secret\]; CwaNode=\[secret\]; \[secret\] x+$/);
  expect(odd.body?.length).toBeLessThanOrEqual(2_048);
});

test('a ticket that the answer itself replaces stays unseen too', () => {
  const held = credentials();
  held.absorb({ 'cwa-ticket': 'another-ticket' }, '/cwa/MainCommandHandler.ashx');
  const { body } = oddAnswerOf(FACTS, {}, Buffer.from(`you sent ${TICKET}, take another-ticket`), held);
  expect(body).toBe('you sent [secret], take [secret]');
});

test('of an answer to a sign-in the body stays unseen', () => {
  expect(oddAnswerOf({ ...FACTS, channel: 'signIn' }, HEADERS, Buffer.from('page'), credentials()).body).toBeNull();
});

test.each([
  [200, 'text/xml', false],
  [204, null, false],
  [200, 'text/html; charset=utf-8', true],
  [302, null, true],
  [503, 'text/xml', true],
])('status %i with %s is odd: %s', (statusCode, contentType, expected) => {
  expect(isOdd({ ...FACTS, statusCode, contentType })).toBe(expected);
});
