import { describe, expect, test } from 'vitest';

import { lmV2Response, ntlmV2Key, ntlmV2Response } from '../../../../../src/cwa/sign-in/ntlm/responses.ts';
import {
  IDENTITY,
  LM_V2_RESPONSE,
  NT_PROOF,
  NTOWF_V2,
  RESPONSE_BLOB,
  RESPONSE_PARTS,
  SESSION_BASE_KEY,
} from './published-example.ts';

describe('the example of MS-NLMP §4.2.4', () => {
  test('has the key NTOWFv2', () => {
    expect(ntlmV2Key(IDENTITY)).toEqual(NTOWF_V2);
  });

  test('has the LMv2 response', () => {
    expect(lmV2Response(NTOWF_V2, RESPONSE_PARTS)).toEqual(LM_V2_RESPONSE);
  });

  test('has the NTLMv2 response and the session base key', () => {
    expect(ntlmV2Response(NTOWF_V2, RESPONSE_PARTS)).toEqual({
      response: Buffer.concat([NT_PROOF, RESPONSE_BLOB]),
      sessionBaseKey: SESSION_BASE_KEY,
    });
  });
});

describe('the key', () => {
  test('does not depend on the case of the user, but on that of domain and password', () => {
    expect(ntlmV2Key({ ...IDENTITY, user: 'uSER' })).toEqual(NTOWF_V2);
    expect(ntlmV2Key({ ...IDENTITY, domain: 'DOMAIN' })).not.toEqual(NTOWF_V2);
    expect(ntlmV2Key({ ...IDENTITY, password: 'password' })).not.toEqual(NTOWF_V2);
  });

  test('keeps characters that have no capital of their own, as Windows does', () => {
    const key = (user: string): Buffer => ntlmV2Key({ ...IDENTITY, user });
    expect(key('großer')).toEqual(key('GROßER'));
    expect(key('großer')).not.toEqual(key('GROSSER'));
    expect(key('müller')).toEqual(key('MÜLLER'));
  });
});
