import { describe, expect, test } from 'vitest';

import { verdictOnVersions } from '../../../../src/commands/doctor/kafka-login.ts';
import { LIMITS } from '../../../../src/commands/doctor/limits.ts';
import { jsonLines, summary, table } from '../../../../src/commands/doctor/report.ts';
import type { Finding } from '../../../../src/commands/doctor/section.ts';
import { verdictOnChannel, verdictOnClock } from '../../../../src/commands/doctor/site-answers.ts';
import { verdictOnOpening } from '../../../../src/commands/doctor/sign-in-verdicts.ts';

describe('the versions of a broker', () => {
  const broker = (versions: Readonly<Record<number, number>>) => ({
    versionOf: (apiKey: number) => versions[apiKey] ?? null,
  });

  test('of Kafka 3.7 and newer are enough', () => {
    expect(verdictOnVersions(broker({ 0: 10, 22: 5, 24: 5, 26: 4 })).status).toBe('ok');
  });

  test('of an older Kafka are a warning', () => {
    expect(verdictOnVersions(broker({ 0: 9, 22: 4, 24: 4, 26: 3 }))).toMatchObject({
      status: 'warning',
      code: 'kafka-old',
    });
  });

  test('without transactions are a failure that names what is missing', () => {
    const verdict = verdictOnVersions(broker({ 0: 10, 22: 5 }));
    expect(verdict).toMatchObject({ status: 'failed', code: 'no-transactions' });
    expect(verdict.cause).toContain('AddPartitionsToTxn, EndTxn');
  });
});

describe('an answer of the data channel without ticket', () => {
  const answer = (status: number, change: object = {}) => ({
    status,
    contentType: 'text/html',
    location: null,
    challenges: [],
    dateMs: null,
    receivedAt: 0,
    beginning: '<html>',
    ...change,
  });
  const stray = answer(404);

  test.each([
    ['a refusal', answer(401)],
    ['the time-out of a session', answer(440)],
    ['a way to the logon page', answer(302, { location: '/forms/logon.html' })],
    ['a page that only this address has', answer(200)],
    ['a CWA document', answer(200, { contentType: 'text/xml', beginning: '<cwaResponses/>' })],
  ])('%s is how a site asks for one', (_, given) => {
    expect(verdictOnChannel(given, stray, '/x').status).toBe('ok');
  });

  test.each([
    [404, 'wrong-path'],
    [405, 'wrong-path'],
    [429, 'server-trouble'],
    [502, 'server-trouble'],
    [418, 'not-this-api'],
  ])('status %i is %s', (status, code) => {
    expect(verdictOnChannel(answer(status), stray, '/x').code).toBe(code);
  });

  test('tells a clock by whole seconds', () => {
    const at = 1_700_000_000_000;
    const clock = (receivedAt: number) => verdictOnClock(answer(401, { dateMs: at, receivedAt }));
    expect(clock(at + 999).status).toBe('ok');
    expect(clock(at - 400_000)).toMatchObject({ status: 'failed', code: 'clock-skew' });
    expect(clock(at - 400_000).cause).toContain('ahead of ours');
    expect(verdictOnClock(stray).code).toBe('clock-unknown');
  });
});

test('too many places at which an account is signed in have a name of their own', () => {
  const sip = { code: 486, subCode: null, reason: null, detail: null, warning: null, diagnostics: null };
  const texts = { subCode: null, reason: null, detail: null, exceptionType: null, exceptionDetail: null };
  expect(verdictOnOpening({ code: 18201, ...texts, sip }).code).toBe('too-many-endpoints');
  expect(verdictOnOpening({ code: 18400, ...texts, sip: null }).code).toBe('session-failed');
  expect(verdictOnOpening(null).code).toBe('session-failed');
});

describe('the report', () => {
  const findings: readonly Finding[] = [
    { subject: 'site hq', check: 'dns', status: 'ok', code: null, cause: 'hq is 10.0.0.1', remedy: null },
    { subject: 'site hq', check: 'port', status: 'failed', code: 'port-closed', cause: 'closed', remedy: 'open it' },
    { subject: 'site hq', check: 'tls', status: 'not-tried', code: 'depends', cause: 'because of port', remedy: null },
  ];

  test('for people names a thing once, and what to do below what is wrong', () => {
    expect(table(findings)).toBe(
      [
        'site hq  dns   ok         hq is 10.0.0.1',
        '         port  FAILED     port-closed: closed',
        '                          → open it',
        '         tls   not tried  because of port',
        '',
      ].join('\n'),
    );
    expect(summary(findings)).toBe('1 ok, 0 warnings, 1 failed, 1 not tried.\n');
  });

  test('for programs has one object a line', () => {
    const lines = jsonLines(findings).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(findings);
  });
});

test('no single limit leaves less than a second of the five that one fault may take', () => {
  expect(Math.max(...(Object.values(LIMITS) as number[]))).toBeLessThanOrEqual(4_000);
});
