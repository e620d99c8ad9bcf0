import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { Credentials } from '../../../src/cwa/credentials.ts';
import { SessionSecrets } from '../../../src/cwa/session-secrets.ts';

const PATH = '/cwa/AsyncDataChannel.ashx';

function credentials(): Credentials {
  return new Credentials(() => 0);
}

describe('the ticket', () => {
  test('is replaced by every newer one', () => {
    const own = credentials();
    expect(own.absorb({ 'cwa-ticket': 'first' }, PATH)).toBe(true);
    expect(own.absorb({ 'cwa-ticket': ' second ' }, PATH)).toBe(true);
    expect(own.headersFor(PATH)).toEqual({ 'CWA-Ticket': 'second' });
  });

  test.each([{}, { 'cwa-ticket': '' }, { 'cwa-ticket': '  ' }, { 'cwa-ticket': 'first' }])(
    'stays with %j',
    (headers) => {
      const own = credentials();
      own.absorb({ 'cwa-ticket': 'first' }, PATH);
      expect(own.absorb(headers, PATH)).toBe(false);
      expect(own.headersFor(PATH)).toEqual({ 'CWA-Ticket': 'first' });
    },
  );

  test('is the last one of several', () => {
    const own = credentials();
    own.absorb({ 'cwa-ticket': ['a', 'b', ''] }, PATH);
    expect(own.headersFor(PATH)).toEqual({ 'CWA-Ticket': 'b' });
  });

  test('can be forgotten without the cookies', () => {
    const own = credentials();
    own.absorb({ 'cwa-ticket': 'a', 'set-cookie': ['lb=1; path=/'] }, PATH);
    own.forgetTicket();
    expect(own.hasTicket).toBe(false);
    expect(own.headersFor(PATH)).toEqual({ Cookie: 'lb=1' });
  });
});

describe('secrets', () => {
  function withCanaries(): Credentials {
    const own = credentials();
    own.absorb({ 'cwa-ticket': 'canary-ticket', 'set-cookie': 'lb=canary-cookie; path=/' }, PATH);
    own.signInData = 'canary-data';
    return own;
  }

  test('go over to another process', () => {
    const other = credentials();
    other.restore(new SessionSecrets(withCanaries().secrets().reveal()));
    expect(other.headersFor(PATH)).toEqual({ 'CWA-Ticket': 'canary-ticket', Cookie: 'lb=canary-cookie' });
    expect(other.signInData).toBe('canary-data');
  });

  test('are not seen by inspectors and JSON', () => {
    for (const secret of [withCanaries(), withCanaries().secrets()]) {
      const seen = [inspect(secret, { showHidden: true, depth: 10 }), JSON.stringify({ secret }), inspect({ secret })];
      expect(seen.join()).not.toContain('canary');
    }
  });

  test.each(['utf8', 'utf16le'] as const)('are masked in a body in %s, byte for byte', (encoding) => {
    const own = withCanaries();
    own.absorb({ 'cwa-ticket': 'newer-ticket' }, PATH);
    const say = (former: string, ticket: string, cookie: string): Buffer =>
      Buffer.from(`<a b="ü ${former}">${ticket}${ticket} lb=${cookie}</a>`, encoding);
    const masked = own.masked(say('canary-ticket', 'newer-ticket', 'canary-cookie'));
    expect(Buffer.from(masked)).toEqual(say('*************', '************', '*************'));
  });

  test('are masked in UTF-16 of the other order of bytes', () => {
    const body = (text: string): Buffer => Buffer.from(`<a>${text}</a>`, 'utf16le').swap16();
    expect(Buffer.from(withCanaries().masked(body('canary-ticket')))).toEqual(body('*************'));
  });

  test('that are too short to be there by intention mask nothing, and a body without any is left alone', () => {
    const own = credentials();
    own.absorb({ 'cwa-ticket': 'canary-ticket', 'set-cookie': 'lb=node1; path=/' }, PATH);
    const body = Buffer.from('<a>node1</a>');
    expect(own.masked(body)).toBe(body);
  });
});
