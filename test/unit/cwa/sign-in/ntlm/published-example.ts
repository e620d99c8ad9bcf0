import type { NtlmIdentity, ResponseParts } from '../../../../../src/cwa/sign-in/ntlm/responses.ts';

/** The example of MS-NLMP §4.2.1 and §4.2.4 (NTLMv2), byte for byte. */
export const IDENTITY: NtlmIdentity = { user: 'User', domain: 'Domain', password: 'Password' };
export const WORKSTATION = 'COMPUTER';
export const SERVER_CHALLENGE = bytes('01 23 45 67 89 ab cd ef');
export const CLIENT_CHALLENGE = Buffer.alloc(8, 0xaa);
/** §4.2.4: the NetBIOS names of domain and server, and the end. */
const TARGET_INFO = bytes(
  '02 00 0c 00 44 00 6f 00 6d 00 61 00 69 00 6e 00 01 00 0c 00 53 00 65 00 72 00 76 00 65 00 72 00 00 00 00 00',
);
export const RESPONSE_PARTS: ResponseParts = {
  serverChallenge: SERVER_CHALLENGE,
  clientChallenge: CLIENT_CHALLENGE,
  // The time of the example is 0.
  timestamp: Buffer.alloc(8),
  targetInfo: TARGET_INFO,
};

/** §4.2.4.1.1 */
export const NTOWF_V2 = bytes('0c 86 8a 40 3b fd 7a 93 a3 00 1e f2 2e f0 2e 3f');
/** §4.2.4.2.1 */
export const LM_V2_RESPONSE = bytes('86 c3 50 97 ac 9c ec 10 25 54 76 4a 57 cc cc 19 aa aa aa aa aa aa aa aa');
/** §4.2.4.2.2: the first 16 bytes of the response. */
export const NT_PROOF = bytes('68 cd 0a b8 51 e5 1c 96 aa bc 92 7b eb ef 6a 1c');
/** §4.2.4.1.3, what the proof is over. */
export const RESPONSE_BLOB = Buffer.concat([
  bytes('01 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 aa aa aa aa aa aa aa aa 00 00 00 00'),
  TARGET_INFO,
  bytes('00 00 00 00'),
]);
/** §4.2.4.1.2 */
export const SESSION_BASE_KEY = bytes('8d e4 0c ca db c1 4a 82 f1 5c b0 ad 0d e9 5c a3');

/** §4.2.4.3, CHALLENGE_MESSAGE */
export const CHALLENGE_MESSAGE = bytes(
  '4e 54 4c 4d 53 53 50 00 02 00 00 00 0c 00 0c 00 38 00 00 00 33 82 8a e2 01 23 45 67 89 ab cd ef ' +
    '00 00 00 00 00 00 00 00 24 00 24 00 44 00 00 00 06 00 70 17 00 00 00 0f ' +
    '53 00 65 00 72 00 76 00 65 00 72 00 ' +
    '02 00 0c 00 44 00 6f 00 6d 00 61 00 69 00 6e 00 01 00 0c 00 53 00 65 00 72 00 76 00 65 00 72 00 00 00 00 00',
);

export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}
