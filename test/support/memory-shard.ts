import type { HeldShard } from '../../src/daemon/shards.ts';
import type { OutgoingRecord } from '../../src/lib/outgoing-record.ts';

/** A shard that commits at once and remembers its progress; what is published goes to `onRecord`. */
export function memoryShard(onRecord: (record: OutgoingRecord) => void): HeldShard {
  const progress = new Map<string, string>();
  const status = {
    shard: 0,
    state: 'claimed',
    claim: 1,
    lastCommitAt: null,
    lastErrorCode: null,
    pendingUnits: 0,
    pendingBytes: 0,
  } as const;
  return {
    shard: {
      status,
      commit(unit) {
        for (const record of unit.records) onRecord(record);
        for (const { key, value } of unit.progress) {
          if (value === null) progress.delete(key);
          else progress.set(key, value);
        }
        return Promise.resolve();
      },
    },
    recovered: { shard: 0, claim: 1, progress, previousReplica: null },
    partitionChangesFor: () => () => [],
  };
}
