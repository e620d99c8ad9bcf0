import type { ShardObserver } from '../kafka/shard-observer.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Turns what the shards tell into metrics. */
export function shardMeter(metrics: Metrics): ShardObserver {
  return {
    transactionCommitted: ({ durationMs }) => {
      metrics.transactions.inc({ outcome: 'committed' });
      metrics.commitDuration.observe({}, durationMs / 1000);
    },
    transactionFailed: ({ phase }) => {
      metrics.transactions.inc({ outcome: phase === 'commit' ? 'ambiguous' : 'failed' });
    },
    ambiguousResolved: ({ committed }) => {
      metrics.ambiguousCommits.inc({ resolution: committed ? 'published' : 'not-published' });
    },
    producerReplaced: ({ reason }) => {
      metrics.producerReplacements.inc({ reason });
    },
    fenced: () => {
      metrics.fenced.inc({});
    },
  };
}
