import { createHmac } from 'node:crypto';

import { md4 } from './md4.ts';

/** Who signs in. The domain is empty where the user is `user@domain`. */
export interface NtlmIdentity {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

/** What both responses are computed from. */
export interface ResponseParts {
  /** 8 bytes. */
  readonly serverChallenge: Buffer;
  /** 8 random bytes. */
  readonly clientChallenge: Buffer;
  /** Windows FILETIME, 8 bytes. */
  readonly timestamp: Buffer;
  /** As {@link writeTargetInfo} makes it. */
  readonly targetInfo: Buffer;
}

/** The key that stands for the password: `NTOWFv2` (MS-NLMP §3.3.2). As good as the password: never to be shown. */
export function ntlmV2Key({ user, domain, password }: NtlmIdentity): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));
}

/** The response that servers before Windows NT 4 SP4 look at; 24 bytes. */
export function lmV2Response(key: Buffer, { clientChallenge, serverChallenge }: ResponseParts): Buffer {
  return Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]);
}

/** @returns the response that counts, and the key of the session, which the MIC is made with. */
export function ntlmV2Response(
  key: Buffer,
  { clientChallenge, serverChallenge, targetInfo, timestamp }: ResponseParts,
): { readonly response: Buffer; readonly sessionBaseKey: Buffer } {
  const version = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const zeros = Buffer.alloc(4);
  const blob = Buffer.concat([version, timestamp, clientChallenge, zeros, targetInfo, zeros]);
  const proof = hmacMd5(key, serverChallenge, blob);
  return { response: Buffer.concat([proof, blob]), sessionBaseKey: hmacMd5(key, proof) };
}

export function hmacMd5(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

export function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

/** As Windows does it, character by character: an `ß` stays one, where JavaScript makes it `SS`. */
function upperCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : character;
  }).join('');
}
