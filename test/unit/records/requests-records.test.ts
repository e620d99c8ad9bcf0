import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { XmlElement } from '../../../src/lib/xml.ts';
import type { RecordContext } from '../../../src/records/record-context.ts';
import type { RequestsRecord } from '../../../src/records/topics/requests.ts';
import { TOPICS } from '../../../src/records/topics/topics.ts';
import { element, normalized, within } from './builders.ts';

function requestOf(root: XmlElement, overrides: Partial<RecordContext> = {}): RequestsRecord {
  const [record, ...others] = normalized(root, overrides);
  if (record?.topic !== 'requests' || others.length > 0) throw new Error('not one record of requests');
  return record.value;
}

function failed(...children: readonly XmlElement[]): RequestsRecord {
  return requestOf(element('requestFailed', { rid: '7' }, ...children));
}

describe('the outcome', () => {
  test.each([
    ['requestAccepted', 'accepted'],
    ['initiateSessionAccepted', 'accepted'],
    ['initiateImSessionAccepted', 'accepted'],
    ['voIPReplyWithIMAccepted', 'accepted'],
    ['requestSucceeded', 'succeeded'],
    ['voIPRedirectSucceeded', 'succeeded'],
    ['voIPTerminateSucceeded', 'succeeded'],
    ['searchResult', 'succeeded'],
    ['requestFailed', 'failed'],
    ['error', 'failed'],
    ['requestRejected', 'rejected'],
    ['requestInvalid', 'invalid'],
  ])('of %s is %s, on both channels, with the name of the element', (name, outcome) => {
    for (const channel of ['data', 'command'] as const) {
      const record = requestOf(element(name, { rid: '7' }), { channel });
      expect(record).toMatchObject({ recordType: name, outcome, channel, rid: '7', subjectUri: null, extensions: [] });
    }
  });

  test('is read from no element of another vocabulary', () => {
    const [record] = normalized(within('urn:foreign', element('requestFailed', { rid: '7' })));
    expect(record?.topic).toBe('unknown');
  });
});

describe('what we know of the request', () => {
  const own = { method: 'subscribePresence', sentAt: 1_700_000_000_000, concerns: ['sip:anna@harbour.example'] };
  const ours = { requestOf: (rid: string) => (rid === '7' ? own : null) };

  test('is its method, its users and the time that it took', () => {
    const record = requestOf(element('requestAccepted', { rid: ' 7 ' }), ours);
    const known = { method: 'subscribePresence', concerns: ['sip:anna@harbour.example'], durationMs: 123 };
    expect(record).toMatchObject({ rid: ' 7 ', ...known });
  });

  test('is nothing where the rid is not ours, or missing', () => {
    const nothing = { method: null, concerns: [], durationMs: null };
    expect(requestOf(element('requestAccepted', { rid: '8' }), ours)).toMatchObject(nothing);
    expect(requestOf(element('error'), ours)).toMatchObject({ rid: null, ...nothing });
  });

  test('took no time if the clock was set back meanwhile', () => {
    const later = { requestOf: () => ({ ...own, sentAt: 1_800_000_000_000 }) };
    expect(requestOf(element('requestAccepted', { rid: '7' }), later).durationMs).toBe(0);
  });
});

describe('a failure', () => {
  test.each([
    [18000, 'Invalid format'],
    [18001, 'Invalid request'],
    [18100, 'Session not found'],
    [18101, 'Request throttled'],
    [18102, 'Invalid operation'],
    [18201, 'OCS failure response'],
    [18202, 'Invalid OCS message'],
    [18203, 'OCS response timeout'],
    [18301, 'Connection failed'],
    [18302, 'TLS failed'],
    [18400, 'Internal failure'],
    [49999, null],
    [50000, 'authentication module'],
    [18103, null],
  ])('with code %i is called %s', (code, errorName) => {
    expect(failed(element('error', { code: String(code) }))).toMatchObject({ errorCode: code, errorName });
  });

  test('takes the SIP answer of the error before the one beside it', () => {
    const inner = element('error', { code: '18201' }, element('sipResponse', { code: '404' }));
    const record = failed(element('sipResponse', { code: '480' }), inner);
    expect(record.sip).toMatchObject({ code: 404 });
    expect(record.extensions).toMatchObject([{ path: 'sipResponse[0]', value: '<sipResponse code="480"/>' }]);
  });

  test('keeps a stack trace within the bound of extensions, and says how long it was', () => {
    const trace = element('stackTrace', {}, 'x'.repeat(1_000));
    const root = element('requestFailed', { rid: '7' }, element('error', {}, trace));
    const record = requestOf(root, { rawXmlBytesMax: 100 });
    expect(record.extensions).toMatchObject([{ path: 'error[0]/stackTrace[0]', name: 'stackTrace' }]);
    expect(record.extensions[0]?.value).toHaveLength(100);
    expect(record.truncated).toMatchObject([{ path: 'extensions[0].value', bytes: 1_025 }]);
  });

  test('with nothing inside has nothing to say', () => {
    expect(failed()).toMatchObject({ errorCode: null, reason: null, exceptionType: null, sip: null, extensions: [] });
  });
});

test.each([
  ['an element', element('requestSucceeded', {}, element('signInData', {}, 'c2VjcmV0'))],
  ['an attribute', element('requestSucceeded', { SignInData: 'c2VjcmV0' })],
  ['somewhere inside', element('requestFailed', {}, element('error', { signindata: 'c2VjcmV0' }))],
])('sign-in data as %s is told, and never published', (_, root) => {
  const record = requestOf(root, { includeRaw: true });
  expect(record).toMatchObject({ hasSignInData: true, warnings: ['secret-removed'] });
  expect(TOPICS.requests.serialize(record)).not.toContain('c2VjcmV0');
  expect(requestOf(element('requestSucceeded')).hasSignInData).toBe(false);
});

test('the numbers of a conversation and of an error keep every digit, or are null with their text beside', () => {
  const digits = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
  fc.assert(
    fc.property(digits, fc.constantFrom('confId', 'imId'), fc.boolean(), (number, name, isAttribute) => {
      const text = String(number);
      const root = isAttribute
        ? element('requestAccepted', { [name]: text })
        : element('requestAccepted', {}, element(name, {}, text));
      const { confId, extensions } = requestOf(root);
      const isLong = number >= -(2n ** 63n) && number < 2n ** 63n;
      expect(confId === null ? null : BigInt(confId)).toBe(isLong ? number : null);
      expect(extensions.map(({ value }) => value)).toEqual(isLong ? [] : [text]);
    }),
  );
});

test('no result of a search is lost, however many there are and whatever their URIs', () => {
  const uris = fc.array(fc.option(fc.string({ maxLength: 20 })), { maxLength: 30 });
  fc.assert(
    fc.property(uris, (all) => {
      const users = all.map((uri) => element('user', uri === null ? {} : { uri }));
      const record = requestOf(element('searchResult', { rid: '21' }, ...users));
      expect(record.results.map(({ uriRaw }) => uriRaw)).toEqual(all);
      expect(record.userCount).toBe(all.length);
    }),
  );
});
