import { SIGNATURE } from './challenge-message.ts';
import type { ChallengeMessage } from './challenge-message.ts';
import { CLIENT_FLAGS } from './flags.ts';
import { hmacMd5, lmV2Response, ntlmV2Key, ntlmV2Response, utf16 } from './responses.ts';
import type { NtlmIdentity } from './responses.ts';
import { timestampOf, writeTargetInfo } from './target-info.ts';

/** Windows 6.1.7601, revision 15: for people who debug, and so that the message has the size that servers expect. */
const PRODUCT_VERSION = Buffer.from('0601b11d0000000f', 'hex');

/**
 * The first message ("Type 1", MS-NLMP §2.2.1.1): which options the client has; nothing about who it is. With the
 * version field, though nobody asks for it: some servers refuse the 32 bytes without.
 */
export function negotiateMessage(): Buffer {
  const noNames = Buffer.alloc(16);
  return Buffer.concat([SIGNATURE, uint32(1), uint32(CLIENT_FLAGS), noNames, PRODUCT_VERSION]);
}

export interface AuthenticateParts {
  readonly identity: NtlmIdentity;
  /** Name of this machine, for the server's log and for accounts that may sign in from some machines only. */
  readonly workstation: string;
  /** 8 random bytes. */
  readonly clientChallenge: Buffer;
  /** Milliseconds since the epoch, for servers that do not tell the time themselves. */
  readonly now: number;
  /** See {@link ClientAdditions}. */
  readonly channelBindings: Buffer | null;
  readonly targetName: string | null;
}

/** The first two messages as they went over the wire: the MIC covers them. */
export interface EarlierMessages {
  readonly negotiate: Buffer;
  readonly challenge: Buffer;
}

/**
 * The third message ("Type 3", MS-NLMP §2.2.1.3) with an NTLMv2 response. To a server that told its time it carries a
 * MIC over all three messages, and no LMv2 response (§3.1.5.1.2).
 */
export function authenticateMessage(
  challenge: ChallengeMessage,
  parts: AuthenticateParts,
  sent: EarlierMessages,
): Buffer {
  const { channelBindings, clientChallenge, identity, now, targetName, workstation } = parts;
  const serverTime = timestampOf(challenge.targetInfo);
  const hasMic = serverTime !== null;
  const targetInfo = writeTargetInfo(challenge.targetInfo, { hasMic, channelBindings, targetName });
  const timestamp = serverTime ?? fileTime(now);
  const responseParts = { serverChallenge: challenge.serverChallenge, clientChallenge, timestamp, targetInfo };
  const key = ntlmV2Key(identity);
  const { response, sessionBaseKey } = ntlmV2Response(key, responseParts);
  const lmResponse = hasMic ? Buffer.alloc(24) : lmV2Response(key, responseParts);
  const fields = [
    lmResponse,
    response,
    utf16(identity.domain),
    utf16(identity.user),
    utf16(workstation),
    NO_SESSION_KEY,
  ];
  const flags = (challenge.flags & CLIENT_FLAGS) >>> 0;
  if (!hasMic) return assemble(fields, flags, null);
  const unsigned = assemble(fields, flags, Buffer.alloc(MIC_BYTES));
  return assemble(fields, flags, hmacMd5(sessionBaseKey, sent.negotiate, sent.challenge, unsigned));
}

const NO_SESSION_KEY = Buffer.alloc(0);
const MIC_BYTES = 16;

/** Head with the place of each field, flags, version, perhaps the MIC, then the fields. */
function assemble(fields: readonly Buffer[], flags: number, mic: Buffer | null): Buffer {
  const end = Buffer.concat([uint32(flags), PRODUCT_VERSION, mic ?? Buffer.alloc(0)]);
  let offset = SIGNATURE.length + 4 + fields.length * 8 + end.length;
  const places = fields.map((field) => {
    const place = Buffer.concat([uint16(field.length), uint16(field.length), uint32(offset)]);
    offset += field.length;
    return place;
  });
  return Buffer.concat([SIGNATURE, uint32(3), ...places, end, ...fields]);
}

/** Windows counts 100 ns from 1601. */
function fileTime(now: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.trunc(now)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
