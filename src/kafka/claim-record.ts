import { TopologyError } from './shard-errors.ts';

/** Raised when a reader of the old form would misread a claim; readers take unknown fields and refuse a newer number. */
const CLAIM_FORMAT_VERSION = 1;

/** Who publishes for a shard: key `s/<shard>` of the progress topic (records §4). */
export interface ClaimRecord {
  /** Counts the claims of the shard, over all replicas. */
  readonly claim: number;
  readonly replica: string;
  readonly installation: string;
  /** Random, one for each life of a publisher: tells our own claims from those of others. */
  readonly nonce: string;
  /** Number of shards of the installation, which never changes. */
  readonly shards: number;
  /** Wall time, in milliseconds since the epoch. */
  readonly at: number;
}

export function claimKey(shard: number): string {
  return `s/${String(shard)}`;
}

export function formatClaim(claim: ClaimRecord): string {
  return JSON.stringify({ formatVersion: CLAIM_FORMAT_VERSION, ...claim });
}

/**
 * Reads a record of {@link formatClaim}.
 *
 * @throws {@link TopologyError} if it is not a claim, or of a newer format.
 */
export function parseClaim(key: string, text: string): ClaimRecord {
  const read = parseObject(text);
  if (read === null || typeof read.claim !== 'number' || typeof read.shards !== 'number') {
    throw new TopologyError(
      'progress-unreadable',
      `The record "${key}" of the progress topic is not a claim: ${text.slice(0, 200)}`,
    );
  }
  if (typeof read.formatVersion === 'number' && read.formatVersion > CLAIM_FORMAT_VERSION) {
    throw new TopologyError(
      'progress-unreadable',
      `The record "${key}" of the progress topic has format ${String(read.formatVersion)}, newer than this program: ` +
        'run the version that wrote it, or a newer one.',
    );
  }
  return {
    claim: read.claim,
    replica: String(read.replica),
    installation: String(read.installation),
    nonce: String(read.nonce),
    shards: read.shards,
    at: Number(read.at),
  };
}

function parseObject(text: string): (Partial<ClaimRecord> & { readonly formatVersion?: unknown }) | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
