/**
 * Cuts a list into chunks, in order: none is longer than what any of its users allows.
 *
 * @param limitOf the longest chunk that a user may be part of; at least 1.
 */
export function chunksOf(users: readonly string[], limitOf: (uri: string) => number): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (const uri of users) {
    limit = Math.min(limit, limitOf(uri));
    if (chunk.length === 0 || chunk.length >= limit) {
      chunk = [];
      chunks.push(chunk);
      limit = limitOf(uri);
    }
    chunk.push(uri);
  }
  return chunks;
}
