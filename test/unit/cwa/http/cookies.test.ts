import { beforeEach, describe, expect, test } from 'vitest';

import { CookieJar } from '../../../../src/cwa/http/cookies.ts';

const NOW = Date.parse('2009-03-02T08:00:00Z');
const PATH = '/cwa/MainCommandHandler.ashx';

describe('CookieJar', () => {
  let jar = new CookieJar();
  beforeEach(() => {
    jar = new CookieJar();
  });
  const store = (...headers: readonly string[]): void => {
    for (const header of headers) jar.store(header, PATH, NOW);
  };

  test('gives back what it was given', () => {
    store('BIGip=rd5o00; path=/; HttpOnly', 'b="x=y"; Secure; Path=/');
    expect(jar.headerFor(PATH, NOW)).toBe('BIGip=rd5o00; b="x=y"');
  });

  test('has nothing to say at first', () => {
    expect(jar.headerFor(PATH, NOW)).toBeNull();
  });

  test('replaces a cookie of the same name and path', () => {
    store('a=1; path=/', 'a=2; path=/', 'a=3; path=/cwa');
    expect(jar.headerFor(PATH, NOW)).toBe('a=3; a=2');
  });

  test.each([
    'a=; Max-Age=0',
    'a=; max-age=-5',
    'a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'a=; Expires=Thu, 01-Jan-1970 00:00:10 GMT',
  ])('deletes by %s', (header) => {
    store('a=1', header);
    expect(jar.headerFor(PATH, NOW)).toBeNull();
  });

  test('lets a cookie expire', () => {
    store('a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    expect(jar.headerFor(PATH, NOW + 59_999)).toBe('a=1');
    expect(jar.headerFor(PATH, NOW + 60_000)).toBeNull();
  });

  test('keeps a cookie whose expiry cannot be read', () => {
    store('a=1; Expires=soon; Max-Age=later');
    expect(jar.headerFor(PATH, NOW)).toBe('a=1');
  });

  test('sends a cookie only below its path', () => {
    store('a=1; path=/cwa', 'b=2; path=/cwa/', 'c=3; path=/forms', 'd=4');
    expect(jar.headerFor('/cwa/x', NOW)).toBe('b=2; a=1; d=4');
    expect(jar.headerFor('/cwa', NOW)).toBe('a=1; d=4');
    expect(jar.headerFor('/cwabridge', NOW)).toBeNull();
    expect(jar.headerFor('/forms/logon.html', NOW)).toBe('c=3');
  });

  test.each(['', '=1', 'flag', '; path=/', `a=${'x'.repeat(5000)}`])('ignores %j', (header) => {
    store(header);
    expect(jar.entries()).toEqual([]);
  });

  test('keeps 50 cookies and lets the oldest go', () => {
    for (let index = 0; index < 51; index++) store(`c${String(index)}=x`);
    expect(jar.entries()).toHaveLength(50);
    expect(jar.headerFor(PATH, NOW)).not.toContain('c0=');
  });

  test('hands its cookies to another jar', () => {
    store('a=1; path=/; Max-Age=60', 'b=2');
    const other = new CookieJar();
    other.replaceAll(jar.entries());
    expect(other.headerFor(PATH, NOW)).toBe(jar.headerFor(PATH, NOW));
  });
});
