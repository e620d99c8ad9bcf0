import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UnwritableRequestError } from '../../../src/cwa/errors.ts';
import {
  acknowledgeSubscriberRequest,
  initiateSessionRequest,
  logonRequest,
  presenceRequestsOf,
  queryPresenceRequest,
  subscribePresenceRequest,
  terminateSessionRequest,
  unsubscribePresenceRequest,
} from '../../../src/cwa/requests.ts';
import type { PresenceRequests, UnsubscribeRequests } from '../../../src/cwa/requests.ts';
import { elementsOf, textOf } from '../../../src/lib/xml.ts';
import { findForbiddenCharacter } from '../../../src/lib/xml-characters.ts';
import { firstChild } from './xml.ts';

const NAMESPACE = 'xmlns="http://schemas.microsoft.com/2006/09/rtc/cwa"';

/** The password as a server that reads XML finds it. */
function passwordIn(request: string): string | undefined {
  const password = elementsOf(firstChild(request)).find(({ name }) => name === 'password');
  return password && textOf(password);
}

describe('logon', () => {
  test('has the documented form, without rid and sid', () => {
    const request = logonRequest({ user: 'FABRIKAM\\svc', password: 's3cr&t', uri: 'sip:svc@fabrikam.example' });
    expect(request).toBe(
      `<cwaRequests ${NAMESPACE}><logon><user>FABRIKAM\\svc</user><password>s3cr&amp;t</password>` +
        '<uri>sip:svc@fabrikam.example</uri></logon></cwaRequests>',
    );
  });

  test('leaves out a uri that is left to the server', () => {
    expect(logonRequest({ user: 'a@b.example', password: 'x', uri: null })).not.toContain('<uri');
  });

  test.each([
    '&<>"\'',
    'a]]>b',
    ' blanks around ',
    'пароль 密码 🔑',
    '&amp;&#65;',
    '<!-- -->',
    'line\r\nend\tand\rmore',
    '\u0085\u2028',
    '0012',
    'true',
    '',
  ])('carries the password %j exactly', (password) => {
    expect(passwordIn(logonRequest({ user: 'u', password, uri: null }))).toBe(password);
  });

  test('carries any password that XML can carry, and refuses every other one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (password) => {
        const write = (): string => logonRequest({ user: 'u', password, uri: null });
        if (findForbiddenCharacter(password) === null) expect(passwordIn(write())).toBe(password);
        else expect(write).toThrow(UnwritableRequestError);
      }),
      { numRuns: 500 },
    );
  });

  test('names the place of a forbidden character, and not the password', () => {
    const write = (): string => logonRequest({ user: 'u', password: 'canary\u0001', uri: null });
    expect(write).toThrow('character 7 of "password" is U+0001, which XML cannot carry');
    expect(write).not.toThrow('canary');
  });
});

describe('session requests', () => {
  test('initiateSession has sid 0 and gives signInData back unchanged', () => {
    const request = initiateSessionRequest({ rid: '1', userStateAvailability: 3500, signInData: 'PHg+=' });
    expect(request).toBe(
      `<cwaRequests ${NAMESPACE} sid="0"><initiateSession rid="1"><localeId>1033</localeId>` +
        '<securityMode>private</securityMode><userStateAvailability>3500</userStateAvailability>' +
        '<options autoPublishMachineState="true" autoSubscribePresenceForContacts="true"/>' +
        '<signInData>PHg+=</signInData></initiateSession></cwaRequests>',
    );
  });

  test('initiateSession leaves out what is left to the server', () => {
    const request = initiateSessionRequest({
      rid: '1',
      localeId: 1031,
      securityMode: 'public',
      autoPublishMachineState: false,
    });
    expect(request).toContain(
      '<localeId>1031</localeId><securityMode>public</securityMode><options autoPublishMachineState="false"',
    );
    expect(request).not.toMatch(/userStateAvailability|signInData/);
  });

  test('terminateSession names the session', () => {
    expect(terminateSessionRequest({ sid: '412', rid: '31' })).toBe(
      `<cwaRequests ${NAMESPACE} sid="412"><terminateSession rid="31"/></cwaRequests>`,
    );
  });
});

describe('presence requests', () => {
  function unsubscribe(method: UnsubscribeRequests['method']) {
    return (requests: PresenceRequests): string => unsubscribePresenceRequest({ ...requests, method });
  }

  test.each([
    ['subscribePresence', subscribePresenceRequest],
    ['unSubscribePresence', unsubscribe('unSubscribePresence')],
    ['unsubscribePresence', unsubscribe('unsubscribePresence')],
    ['queryPresence', queryPresenceRequest],
  ])('%s has one element for each rid', (name, write) => {
    const requests = [
      { rid: '7', uris: ['sip:a@b.example', 'sip:c&d@b.example'] },
      { rid: '8', uris: ['sip:e@b.example'] },
    ];
    expect(write({ sid: '412', requests })).toBe(
      `<cwaRequests ${NAMESPACE} sid="412"><${name} rid="7"><uris><uri>sip:a@b.example</uri>` +
        `<uri>sip:c&amp;d@b.example</uri></uris></${name}><${name} rid="8"><uris><uri>sip:e@b.example</uri></uris>` +
        `</${name}></cwaRequests>`,
    );
  });

  test('are cut into chunks, each with a rid of its own', () => {
    let rid = 10;
    const nextRid = (): string => String(++rid);
    const uris = Array.from({ length: 120 }, (_, index) => `sip:u${String(index)}@b.example`);
    const requests = presenceRequestsOf(uris, nextRid);
    expect(requests.map((request) => [request.rid, request.uris.length])).toEqual([
      ['11', 50],
      ['12', 50],
      ['13', 20],
    ]);
    expect(requests.flatMap((request) => request.uris)).toEqual(uris);
    expect(presenceRequestsOf([], nextRid)).toEqual([]);
  });
});

test.each([
  ['uri', '<uri>sip:c&amp;d@b.example</uri>', '<uri>sip:e@b.example</uri>'],
  ['uris', '<uris><uri>sip:c&amp;d@b.example</uri></uris>', '<uris><uri>sip:e@b.example</uri></uris>'],
] as const)('acknowledgeSubscriber of the form %s has one element for each subscriber', (form, first, second) => {
  const requests = [
    { rid: '7', uris: ['sip:c&d@b.example'] },
    { rid: '8', uris: ['sip:e@b.example'] },
  ];
  expect(acknowledgeSubscriberRequest({ form, sid: '412', requests })).toBe(
    `<cwaRequests ${NAMESPACE} sid="412"><acknowledgeSubscriber rid="7">${first}</acknowledgeSubscriber>` +
      `<acknowledgeSubscriber rid="8">${second}</acknowledgeSubscriber></cwaRequests>`,
  );
});
