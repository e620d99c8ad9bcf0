import { describe, expect, test } from 'vitest';

import { Deadline } from '../../../../src/cwa/http/deadline.ts';
import { until } from '../client-harness.ts';

describe('Deadline', () => {
  test('aborts when the time is up', async () => {
    const deadline = new Deadline(new AbortController().signal, 5);
    await until(() => deadline.signal.aborted);
    expect(deadline.isExpired).toBe(true);
    deadline.end();
  });

  test('aborts with the caller, and says that the time was not up', () => {
    const caller = new AbortController();
    const deadline = new Deadline(caller.signal, 60_000);
    caller.abort('enough');
    expect([deadline.signal.aborted, deadline.signal.reason, deadline.isExpired]).toEqual([true, 'enough', false]);
    deadline.end();
  });

  test('is aborted from the start if the caller is', () => {
    const deadline = new Deadline(AbortSignal.abort('before'), 60_000);
    expect(deadline.signal.reason).toBe('before');
    deadline.end();
  });

  test('lets go of the caller when it ends', () => {
    const caller = new AbortController();
    const deadline = new Deadline(caller.signal, 60_000);
    deadline.end();
    caller.abort();
    expect(deadline.signal.aborted).toBe(false);
  });
});
