import { BridgeError } from '../lib/errors.ts';
import type { KafkaError } from './kafka-error.ts';

/**
 * Why a replica no longer publishes for a shard:
 *
 * - `stopped`: it was told to stop.
 * - `not-owner`: the ownership port says that the shard is another replica's.
 * - `claimed-by-other`: another replica's claim stands in the progress topic.
 * - `fenced-repeatedly`: the transactional id is taken over again and again while we own the shard.
 */
export type ShardLostReason = 'stopped' | 'not-owner' | 'claimed-by-other' | 'fenced-repeatedly';

/**
 * This replica has stepped down. Whether a unit that was under way is committed is known only to the next owner,
 * which recovers it from the progress topic: never publish it from here.
 */
export class ShardLostError extends BridgeError {
  readonly reason: ShardLostReason;

  /** @param rival name of the replica that has it now, where that is known. */
  constructor(shard: number, reason: ShardLostReason, cause?: unknown, rival: string | null = null) {
    super(`Shard ${String(shard)} is no longer published from here: ${EXPLANATIONS[reason]}`, {
      code: `shard-lost-${reason}`,
      disposition: reason === 'fenced-repeatedly' ? 'fatal' : 'reconnect',
      cause,
      context: { shard, reason, ...(rival === null ? {} : { rival }) },
    });
    this.reason = reason;
  }
}

const EXPLANATIONS: Readonly<Record<ShardLostReason, string>> = {
  stopped: 'it was told to stop.',
  'not-owner': 'the shard is assigned to another replica.',
  'claimed-by-other':
    'another replica has claimed it. One bridge runs with an `installation`: leave the other, or give this one another.',
  'fenced-repeatedly':
    'its transactional id was taken over three times within ten minutes while this replica owns it. ' +
    'Probably two installations share the same name: give each its own `installation`.',
};

/** The broker refuses this unit alone; others are not affected. It belongs into the dead letters. */
export class RecordRejectedError extends BridgeError {
  readonly kafkaCode: string;
  readonly topic: string | undefined;
  readonly partition: number | undefined;

  constructor(accountId: string, failure: KafkaError) {
    const place = failure.topic === undefined ? '' : ` for ${failure.topic}/${String(failure.partition)}`;
    super(
      `Kafka refuses the records of account "${accountId}"${place}: ${failure.kafkaCode}. ` +
        'They will not be accepted later either; the answer goes to the dead letters.',
      {
        code: 'record-rejected',
        disposition: 'reconnect',
        cause: failure,
        context: { accountId, kafkaCode: failure.kafkaCode, topic: failure.topic, partition: failure.partition },
      },
    );
    this.kafkaCode = failure.kafkaCode;
    this.topic = failure.topic;
    this.partition = failure.partition;
  }
}

/** The topics are not as this installation needs them. A person has to act. */
export class TopologyError extends BridgeError {
  constructor(
    code: 'topics-missing' | 'shards-differ' | 'progress-not-compacted' | 'progress-unreadable',
    message: string,
  ) {
    super(message, { code, disposition: 'fatal' });
  }
}
