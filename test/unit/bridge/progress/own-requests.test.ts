import { describe, expect, test } from 'vitest';

import { findRequest, REMEMBERED_POSTS_MAX, rememberRequests } from '../../../../src/bridge/progress/own-requests.ts';
import { NOW } from '../builders.ts';

const SENT = {
  method: 'subscribePresence',
  sentAt: NOW,
  requests: [
    { rid: '10007', uris: ['sip:anna@harbour.example'] },
    { rid: '10008', uris: ['sip:ben@harbour.example'] },
    { rid: '10009', uris: [] },
  ],
};

describe('a request of ours', () => {
  test('is known with its users while its POST is answered', () => {
    const request = { method: 'subscribePresence', sentAt: NOW, concerns: ['sip:ben@harbour.example'] };
    expect(findRequest('10008', [], SENT)).toEqual(request);
  });

  test('is known later without them, however many the POST held', () => {
    const known = rememberRequests([], SENT);
    expect(known).toEqual([{ method: 'subscribePresence', sentAt: NOW, from: 10_007, to: 10_009 }]);
    const request = { method: 'subscribePresence', sentAt: NOW, concerns: [] };
    expect(['10007', '10008', '10009'].map((rid) => findRequest(rid, known))).toEqual([request, request, request]);
  });

  test.each(['10006', '10010', '', '0', '-10008', '010008', '10008.0', '1e4', ' 10008', 'x', '9'.repeat(30)])(
    'is not the one with rid "%s"',
    (rid) => {
      expect(findRequest(rid, rememberRequests([], SENT), SENT)).toBeNull();
    },
  );

  test('is forgotten when so many POSTs have followed', () => {
    let known = rememberRequests([], SENT);
    for (let rid = 1; rid < REMEMBERED_POSTS_MAX; rid += 1) {
      known = rememberRequests(known, { ...SENT, requests: [{ rid: String(rid), uris: [] }] });
    }
    expect(findRequest('10008', known)).not.toBeNull();
    known = rememberRequests(known, { ...SENT, requests: [{ rid: '99', uris: [] }] });
    expect(findRequest('10008', known)).toBeNull();
    expect(known).toHaveLength(REMEMBERED_POSTS_MAX);
  });

  test('does not come of a POST without requests', () => {
    expect(rememberRequests([], { ...SENT, requests: [] })).toEqual([]);
  });
});
