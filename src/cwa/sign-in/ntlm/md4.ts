/**
 * MD4 (RFC 1320). NTLM hashes passwords with it, and OpenSSL 3 has it only in its legacy provider, which Node.js does
 * not load. The packages that offer it are unmaintained or WebAssembly of megabytes. Broken as a hash; used for
 * nothing else.
 *
 * @returns 16 bytes.
 */
export function md4(message: Uint8Array): Buffer {
  const padded = withPadding(message);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) {
    state = compress(state, wordsOf(padded.subarray(offset, offset + BLOCK_BYTES)));
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeUInt32LE(word, index * 4));
  return digest;
}

type State = readonly [a: number, b: number, c: number, d: number];

const BLOCK_BYTES = 64;

/** A one bit, zeros, and the length in bits as 64 bits, so that the end of a block is reached (§3.1, §3.2). */
function withPadding(message: Uint8Array): Buffer {
  const blocks = Math.ceil((message.length + 9) / BLOCK_BYTES);
  const padded = Buffer.alloc(blocks * BLOCK_BYTES);
  padded.set(message);
  padded.writeUInt8(0x80, message.length);
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function wordsOf(block: Buffer): readonly number[] {
  return Array.from({ length: 16 }, (_, index) => block.readUInt32LE(index * 4));
}

/** What differs between the three rounds of a block (§3.4): function, constant, order of the words, rotations. */
interface Round {
  readonly mix: (x: number, y: number, z: number) => number;
  readonly constant: number;
  readonly order: readonly number[];
  readonly shifts: readonly [number, number, number, number];
}

const ROUNDS: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
];

function compress(state: State, words: readonly number[]): State {
  let [a, b, c, d] = state;
  for (const { mix, constant, order, shifts } of ROUNDS) {
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(b, c, d) + (words[word] ?? 0) + constant) | 0;
      const shift = shifts[step % 4] ?? 0;
      [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
    }
  }
  return [(state[0] + a) >>> 0, (state[1] + b) >>> 0, (state[2] + c) >>> 0, (state[3] + d) >>> 0];
}
