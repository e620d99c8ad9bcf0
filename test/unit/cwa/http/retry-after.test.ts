import { describe, expect, test } from 'vitest';

import { retryAfterMs } from '../../../../src/cwa/http/retry-after.ts';
import { TransientError } from '../../../../src/cwa/errors.ts';
import { failureOf, NEVER, useHarness } from '../client-harness.ts';
import { reply } from '../scripted-server.ts';

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';

describe('Retry-After', () => {
  test.each([
    ['seconds', '120', null, 120_000],
    ['seconds with blanks around', ' 7 ', DATE, 7_000],
    ['a date, counted from the Date of the response', 'Sun, 06 Nov 1994 08:51:37 GMT', DATE, 120_000],
    ['a date of the next year', 'Sun, 01 Jan 1995 00:00:05 GMT', 'Sat, 31 Dec 1994 23:59:55 GMT', 10_000],
    ['a date that is over: no wait', 'Sun, 06 Nov 1994 08:49:36 GMT', DATE, 0],
  ])('may be %s', (_, value, date, expected) => {
    expect(retryAfterMs(value, date)).toBe(expected);
  });

  test.each([
    ['is absent', null, DATE],
    ['is a date in a response without one', 'Sun, 06 Nov 1994 08:51:37 GMT', null],
    ['is a date and the other one cannot be read', 'Sun, 06 Nov 1994 08:51:37 GMT', '1994-11-06'],
    ['is no date at all', 'in a minute', DATE],
    ['is negative', '-5', DATE],
    ['is broken', '1.5', DATE],
    ['is a date that only a lenient reader takes', '6 Nov 1994 08:51:37', DATE],
    ['names no month that there is', 'Sun, 06 Nop 1994 08:51:37 GMT', DATE],
    ['is months away', 'Wed, 06 Nov 1996 08:49:37 GMT', DATE],
    ['has too many digits', '1000000', DATE],
  ])('that %s asks for nothing', (_, value, date) => {
    expect(retryAfterMs(value, date)).toBeNull();
  });
});

describe('a server that throttles', () => {
  const harness = useHarness();
  const POLL = { sid: '412', ackId: '9', isUserActive: true };

  test.each([
    ['and whose clock is decades behind is waited for by its own clock', [`Date: ${DATE}`], 120_000],
    ['and tells no time asks for nothing', [], null],
  ])('%s', async (_, headers, expected) => {
    const { server, client } = harness();
    server.will(reply({ status: 503, headers: [...headers, 'Retry-After: Sun, 06 Nov 1994 08:51:37 GMT'] }));
    const error = await failureOf(client.poll(POLL, NEVER));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs: expected });
  });
});
