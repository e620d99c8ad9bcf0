/**
 * Murmur2 as Kafka's Java client computes it (`org.apache.kafka.common.utils.Utils.murmur2`), so that a key lands on
 * the partition that every Java producer and every Kafka Streams join expects.
 *
 * @returns a signed 32-bit integer.
 */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length - (data.length % 4);
  let h = 0x9747b28c ^ data.length;
  for (let i = 0; i < end; i += 4) {
    let k = Math.imul(view.getInt32(i, true), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = data.length - end;
  if (rest > 2) h ^= view.getUint8(end + 2) << 16;
  if (rest > 1) h ^= view.getUint8(end + 1) << 8;
  if (rest > 0) h = Math.imul(h ^ view.getUint8(end), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return (h ^ (h >>> 15)) | 0;
}

/** The partition of a key among `count`: `(murmur2(utf8(key)) & 0x7fffffff) % count`, Java's default partitioner. */
export function partitionOf(key: string, count: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % count;
}
