import { describe, expect, test } from 'vitest';
import type { LogFields } from '../../../src/lib/log.ts';
import { createLogger } from '../../../src/observability/log.ts';
import type { LogLevel, Logger } from '../../../src/observability/log.ts';

const CANARY = 'canary-6f1d';

function loggerAndLines(level: LogLevel = 'trace', base: LogFields = {}): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({ level, base, destination: { write: (line) => lines.push(line) } });
  return { logger, lines };
}

function fieldsOf(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? 'null') as Record<string, unknown>;
}

describe('the logger', () => {
  test('writes one JSON object a line, with the level as a word and the time in ISO form', () => {
    const { logger, lines } = loggerAndLines('info', { installation: 'i' });
    logger.info({ account: 'a' }, 'session opened');
    expect(lines).toHaveLength(1);
    expect(fieldsOf(lines[0])).toMatchObject({ level: 'info', installation: 'i', account: 'a', msg: 'session opened' });
    expect(Date.parse(String(fieldsOf(lines[0]).time))).not.toBeNaN();
  });

  test('writes nothing below its level', () => {
    const { logger, lines } = loggerAndLines('warn');
    logger.info({}, 'quiet');
    logger.warn({}, 'loud');
    expect(lines).toHaveLength(1);
  });

  test.each([
    { ticket: CANARY },
    { 'CWA-Ticket': CANARY },
    { headers: { 'set-cookie': [CANARY] } },
    { cookies: { session: CANARY } },
    { account: { password: CANARY } },
    { Authorization: CANARY },
    { list: [{ signInData: CANARY }] },
    { privacy: { pseudonymKeys: [{ id: 'k', key: CANARY }] } },
    { progress: { sealed: { ciphertext: CANARY } } },
    { err: Object.assign(new Error('failed'), { context: { ticket: CANARY } }) },
    { err: new Error('outer', { cause: Object.assign(new Error('inner'), { password: CANARY }) }) },
  ])('masks the value under the key of a secret wherever it stands: %o', (fields) => {
    const { logger, lines } = loggerAndLines();
    logger.error(fields, 'message');
    logger.child(fields).error({}, 'message');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain(CANARY);
    expect(lines[0]).toContain('[secret]');
  });

  test('keeps what the error says, its code and its cause', () => {
    const { logger, lines } = loggerAndLines();
    const cause = new Error('connection reset');
    logger.error({ err: Object.assign(new Error('poll failed', { cause }), { code: 'poll-failed' }) }, 'message');
    expect(fieldsOf(lines[0])).toMatchObject({
      err: { message: 'poll failed', code: 'poll-failed', cause: { message: 'connection reset' } },
    });
  });

  test('survives an object that contains itself', () => {
    const { logger, lines } = loggerAndLines();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    logger.info({ loop }, 'message');
    expect(lines[0]).toContain('[too deep]');
  });

  test('writes large integers with all their digits', () => {
    const { logger, lines } = loggerAndLines();
    logger.info({ eid: 9_223_372_036_854_775_807n }, 'message');
    expect(fieldsOf(lines[0]).eid).toBe('9223372036854775807');
  });
});
