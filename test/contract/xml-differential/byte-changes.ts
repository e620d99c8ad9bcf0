import type { Random } from '../../../src/simulator/random.ts';

/** Changes of bytes that know nothing of what the bytes mean. */
export type ByteChange = (bytes: Buffer, random: Random) => Buffer;

/** Bytes that mean something in XML, or begin or continue a character of UTF-8. */
const TELLING_BYTES: readonly number[] = [
  ...Buffer.from('<>&;"\'/!?[]:=- \t\r\n#x1aA_.'),
  ...[0x00, 0x07, 0x1f, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xfe, 0xff],
];

export const BYTE_CHANGES: readonly (readonly [what: string, change: ByteChange])[] = [
  ['overwrite a byte', (bytes, random) => splice(bytes, random.below(bytes.length), 1, [random.pick(TELLING_BYTES)])],
  ['insert a byte', (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, [random.pick(TELLING_BYTES)])],
  ['delete a byte', (bytes, random) => splice(bytes, random.below(bytes.length), 1, [])],
  [
    'flip a bit',
    (bytes, random) => {
      const at = random.below(bytes.length);
      return splice(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
    },
  ],
  ['delete a run of bytes', (bytes, random) => splice(bytes, random.below(bytes.length), random.between(2, 40), [])],
  [
    'repeat a run of bytes',
    (bytes, random) => {
      const at = random.below(bytes.length);
      return splice(bytes, at, 0, bytes.subarray(at, at + random.between(2, 40)));
    },
  ],
  ['cut the end off', (bytes, random) => bytes.subarray(0, random.below(bytes.length))],
];

function splice(bytes: Buffer, at: number, remove: number, insert: readonly number[] | Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)]);
}
