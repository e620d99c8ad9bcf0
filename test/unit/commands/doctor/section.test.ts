import { describe, expect, test } from 'vitest';

import { Section } from '../../../../src/commands/doctor/section.ts';
import { failed, ok, warning } from '../../../../src/commands/doctor/verdict.ts';
import { TransientError } from '../../../../src/cwa/errors.ts';

const NEVER = new AbortController().signal;
const LIMIT = { ms: 30_000, verdict: failed('silent', 'no answer', 'wait') };

function sectionOf(signal = NEVER): Section {
  return new Section('thing', signal);
}

describe('a section of checks', () => {
  test('goes on after what is ok or a warning, and hands on what was found', async () => {
    const section = sectionOf();
    expect(await section.step('first', LIMIT, () => Promise.resolve({ ...ok('fine'), value: 7 }))).toBe(7);
    await section.step('second', LIMIT, () => Promise.resolve(warning('so-so', 'not so fine', 'mend')));
    await section.step('third', LIMIT, () => Promise.resolve(ok('fine')));
    expect(section.findings.map(({ check, status }) => [check, status])).toEqual([
      ['first', 'ok'],
      ['second', 'warning'],
      ['third', 'ok'],
    ]);
  });

  test('tries nothing after a failure and says because of what', async () => {
    const section = sectionOf();
    const tried: string[] = [];
    await section.step('first', LIMIT, () => Promise.resolve(failed('broken', 'it is broken', 'mend it')));
    const value = await section.step('second', LIMIT, () => {
      tried.push('second');
      return Promise.resolve({ ...ok('fine'), value: 7 });
    });
    section.skip(['third']);
    expect(value).toBeNull();
    expect(tried).toEqual([]);
    expect(section.findings.map(({ cause, code, status }) => [status, code, cause])).toEqual([
      ['failed', 'broken', 'it is broken'],
      ['not-tried', 'depends', 'not tried because of first'],
      ['not-tried', 'depends', 'not tried because of first'],
    ]);
  });

  test('takes what is silent for its limit as that limit says, and gives up its work', async () => {
    const section = sectionOf();
    let given: AbortSignal | undefined;
    await section.step('first', { ...LIMIT, ms: 1 }, (signal) => {
      given = signal;
      return new Promise<never>(() => undefined);
    });
    expect(section.findings).toMatchObject([{ status: 'failed', code: 'silent', remedy: 'wait' }]);
    expect(given?.aborted).toBe(true);
  });

  test('reports an error for people, with the remedy of the limit', async () => {
    const section = sectionOf();
    const error = new TransientError('the server is busy', { reason: 'busy' });
    await section.step('first', LIMIT, () => Promise.reject(error));
    expect(section.findings).toMatchObject([{ code: 'cwa-busy', cause: 'the server is busy', remedy: 'wait' }]);
  });

  test('lets a mistake of ours through', async () => {
    const mistake = new TypeError('ours');
    await expect(sectionOf().step('first', LIMIT, () => Promise.reject(mistake))).rejects.toBe(mistake);
  });

  test('ends when the program is asked to', async () => {
    const stop = new AbortController();
    const step = sectionOf(stop.signal).step('first', LIMIT, () => new Promise<never>(() => undefined));
    stop.abort(new Error('SIGINT received'));
    await expect(step).rejects.toThrow('SIGINT received');
  });
});
