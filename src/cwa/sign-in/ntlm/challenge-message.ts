import { badChallenge } from './bad-challenge.ts';
import { TARGET_INFO, UNICODE } from './flags.ts';
import { readTargetInfo } from './target-info.ts';
import type { TargetInfoPair } from './target-info.ts';

/** The first bytes of every NTLM message. */
export const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');

/** What the server sends in the second step ("Type 2"). */
export interface ChallengeMessage {
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Buffer;
  /** Empty if the server tells nothing about itself. */
  readonly targetInfo: readonly TargetInfoPair[];
}

const MESSAGE_TYPE = 2;
const BYTES_MIN = 32;
/** As much as an HTTP header carries. */
const BYTES_MAX = 16_384;
const FLAGS_OFFSET = 20;
const CHALLENGE_OFFSET = 24;
const TARGET_INFO_OFFSET = 40;

/**
 * Reads a CHALLENGE_MESSAGE (MS-NLMP §2.2.1.2). Every length and offset in it is the word of a stranger.
 *
 * @throws {@link SignInUnavailableError} if it is none, or cannot be answered.
 */
export function readChallengeMessage(message: Buffer): ChallengeMessage {
  if (message.length < BYTES_MIN || message.length > BYTES_MAX) {
    throw badChallenge(`it has ${String(message.length)} bytes, not ${String(BYTES_MIN)} to ${String(BYTES_MAX)}`);
  }
  if (!message.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw badChallenge('it is no NTLM message');
  const type = message.readUInt32LE(SIGNATURE.length);
  if (type !== MESSAGE_TYPE) throw badChallenge(`it is message ${String(type)}, not 2`);
  const flags = message.readUInt32LE(FLAGS_OFFSET);
  if ((flags & UNICODE) === 0) throw badChallenge('the server does not take names in Unicode');
  return {
    flags,
    serverChallenge: message.subarray(CHALLENGE_OFFSET, CHALLENGE_OFFSET + 8),
    targetInfo: (flags & TARGET_INFO) === 0 ? [] : readTargetInfo(fieldAt(message, TARGET_INFO_OFFSET)),
  };
}

/** A field is its length, its allocated length, and where in the message it stands (§2.2.1.2, "TargetInfoFields"). */
function fieldAt(message: Buffer, offset: number): Buffer {
  if (offset + 8 > message.length) throw badChallenge('it ends before its target information');
  const length = message.readUInt16LE(offset);
  const start = message.readUInt32LE(offset + 4);
  if (start + length > message.length) {
    const place = `${String(length)} bytes at ${String(start)} of ${String(message.length)}`;
    throw badChallenge(`its target information is beyond its end (${place})`);
  }
  return message.subarray(start, start + length);
}
