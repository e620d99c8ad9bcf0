import kafkajs from 'kafkajs';

import { type AccountProgress, formatProgress, initialProgress } from '../../src/bridge/progress/account-progress.ts';
import { progressKey } from '../../src/bridge/progress/progress-key.ts';
import { type ClaimRecord, claimKey, formatClaim } from '../../src/kafka/claim-record.ts';
import { ACCOUNT, type Stage } from './bridge.ts';

/** Puts records into the progress topic of a stage, as if `run` had been there. Its one partition is 0. */
export async function commit(stage: Stage, records: readonly { key: string; value: string }[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...stage.brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = records.map((record) => ({ ...record, partition: 0 }));
  await producer.send({ topic: `${stage.prefix}progress`, messages });
  await producer.disconnect();
}

/** The progress of the account `watcher`. */
export function progressOf(progress: Partial<AccountProgress>): { key: string; value: string } {
  const whole = { ...initialProgress('watcher', ACCOUNT.uri), ...progress };
  return { key: progressKey('watcher'), value: formatProgress(whole) };
}

/** The claim of shard 0. */
export function claimOf(stage: Stage, claim: Partial<ClaimRecord> = {}): { key: string; value: string } {
  const { installation } = stage;
  const whole = { claim: 1, replica: 'r', installation, nonce: 'n', shards: 1, at: Date.now(), ...claim };
  return { key: claimKey(0), value: formatClaim(whole) };
}
