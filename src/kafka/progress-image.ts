import { type ClaimRecord, claimKey, parseClaim } from './claim-record.ts';
import type { CommitUnit } from './commit-unit.ts';
import type { PartitionContents } from './port.ts';

/**
 * What is committed in a shard's partition of the progress topic, folded in memory. It is read once; afterwards it
 * follows our own commits, and after an error only what came behind `nextOffset` is read.
 */
export class ProgressImage {
  readonly #claimKey: string;
  readonly #values = new Map<string, string>();
  #nextOffset = 0n;

  constructor(shard: number) {
    this.#claimKey = claimKey(shard);
  }

  /** Everything before this offset is in the image. */
  get nextOffset(): bigint {
    return this.#nextOffset;
  }

  fold(contents: PartitionContents): void {
    for (const [key, value] of contents.values) this.#set(key, value);
    this.#nextOffset = contents.nextOffset;
  }

  /** Follows a commit of ours that is certain. */
  apply(values: Iterable<{ readonly key: string; readonly value: string | null }>, nextOffset: bigint): void {
    for (const { key, value } of values) this.#set(key, value);
    this.#nextOffset = nextOffset;
  }

  /** Only right after fencing and reading to the end: before, an older transaction may still be open. */
  isCommitted(unit: CommitUnit): boolean {
    const [first] = unit.progress;
    return first !== undefined && this.#values.get(first.key) === first.value;
  }

  /** The last committed claim, or null if the shard was never claimed. */
  claim(): ClaimRecord | null {
    const text = this.#values.get(this.#claimKey);
    return text === undefined ? null : parseClaim(this.#claimKey, text);
  }

  /** Everything but the claim, as it is now. */
  snapshot(): ReadonlyMap<string, string> {
    const copy = new Map(this.#values);
    copy.delete(this.#claimKey);
    return copy;
  }

  #set(key: string, value: string | null): void {
    if (value === null) this.#values.delete(key);
    else this.#values.set(key, value);
  }
}
