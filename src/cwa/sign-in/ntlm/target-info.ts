import { badChallenge } from './bad-challenge.ts';

/**
 * What a server says about itself in its challenge, and the client repeats under its hash: a list of attribute/value
 * pairs (MS-NLMP §2.2.2.1), each two bytes of id, two of length, and the value.
 */
export interface TargetInfoPair {
  readonly id: number;
  readonly value: Buffer;
}

const END_OF_LIST = 0;
const FLAGS = 6;
const TIMESTAMP = 7;
const TARGET_NAME = 9;
const CHANNEL_BINDINGS = 10;

/** Says to the server that the message carries a MIC. */
const FLAG_MIC = 0x2;

/** @throws {@link SignInUnavailableError} if a pair reaches beyond the end, or the list has none. */
export function readTargetInfo(bytes: Buffer): readonly TargetInfoPair[] {
  if (bytes.length === 0) return [];
  const pairs: TargetInfoPair[] = [];
  let offset = 0;
  while (offset + 4 <= bytes.length) {
    const id = bytes.readUInt16LE(offset);
    const length = bytes.readUInt16LE(offset + 2);
    if (id === END_OF_LIST) return pairs;
    offset += 4;
    if (offset + length > bytes.length) {
      throw badChallenge(`target information ${String(id)} of ${String(length)} bytes reaches beyond the end`);
    }
    pairs.push({ id, value: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  throw badChallenge('the target information has no end');
}

/** The time of the server as a Windows FILETIME, 8 bytes; null from servers older than Windows Vista. */
export function timestampOf(pairs: readonly TargetInfoPair[]): Buffer | null {
  const found = pairs.find(({ id }) => id === TIMESTAMP);
  if (found === undefined) return null;
  if (found.value.length !== 8) throw badChallenge(`its timestamp has ${String(found.value.length)} bytes, not 8`);
  return found.value;
}

export interface ClientAdditions {
  readonly hasMic: boolean;
  /** 16 bytes that tie the answer to the TLS connection, or null without TLS. */
  readonly channelBindings: Buffer | null;
  /** The service that the client means to talk to, such as `HTTP/im.fabrikam.example`; null to leave it out. */
  readonly targetName: string | null;
}

/** The list as the client repeats it: the server's, and what the client adds (MS-NLMP §3.1.5.1.2). */
export function writeTargetInfo(server: readonly TargetInfoPair[], additions: ClientAdditions): Buffer {
  const { channelBindings, hasMic, targetName } = additions;
  const added: TargetInfoPair[] = [];
  if (hasMic) added.push({ id: FLAGS, value: withMic(server) });
  if (channelBindings !== null) added.push({ id: CHANNEL_BINDINGS, value: channelBindings });
  if (targetName !== null) added.push({ id: TARGET_NAME, value: Buffer.from(targetName, 'utf16le') });
  const kept = server.filter(({ id }) => !added.some((pair) => pair.id === id));
  return Buffer.concat([...[...kept, ...added].map(pairBytes), Buffer.alloc(4)]);
}

function withMic(server: readonly TargetInfoPair[]): Buffer {
  const found = server.find(({ id }) => id === FLAGS)?.value;
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(((found?.length === 4 ? found.readUInt32LE() : 0) | FLAG_MIC) >>> 0);
  return flags;
}

function pairBytes({ id, value }: TargetInfoPair): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}
