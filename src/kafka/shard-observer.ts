import type { KafkaPhase } from './kafka-error.ts';

/** What a shard tells about its work: the metrics hang here. Nothing here may fail or wait. */
export interface ShardObserver {
  /** Claims are transactions too, of one record and no unit. */
  transactionCommitted(transaction: {
    readonly durationMs: number;
    readonly records: number;
    readonly bytes: number;
    readonly units: number;
  }): void;
  transactionFailed(failure: { readonly code: string; readonly phase: KafkaPhase }): void;
  /** The outcome of a commit was in doubt and has been read back. Once for each unit of the transaction. */
  ambiguousResolved(outcome: { readonly committed: boolean }): void;
  producerReplaced(replacement: { readonly reason: string }): void;
  fenced(): void;
}
