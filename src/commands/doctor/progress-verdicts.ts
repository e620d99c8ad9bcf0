import { openSealed, type SealingKey } from '../../bridge/progress/sealing.ts';
import type { CommittedProgress } from './progress.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

/** What the committed progress says about the configuration. Pure. */

export interface ShardFacts {
  readonly installation: string;
  readonly progressTopic: string;
  /** `kafka.shards`. */
  readonly shards: number;
  /** Partitions of the progress topic. */
  readonly partitions: number;
}

export function verdictOnShards(
  { installation, partitions, progressTopic, shards }: ShardFacts,
  { claims }: CommittedProgress,
): Verdict {
  const [claim] = claims.values();
  const foreign = [...claims.values()].find((other) => other.installation !== installation);
  if (foreign !== undefined) {
    return failed(
      'progress-of-other',
      `${progressTopic} belongs to the installation "${foreign.installation}", and this one is "${installation}"`,
      'set `installation` back, or name another topic in `kafka.topics.names.progress`',
    );
  }
  if (claim !== undefined && claim.shards !== partitions) {
    return failed(
      'shards-grown',
      `${progressTopic} has ${String(partitions)} partitions, and its shards were claimed when it had ${String(claim.shards)}: accounts would be looked for in other shards`,
      'the number of shards is fixed for the life of an installation: begin a new one with another `installation` and `kafka.topics.names.progress`',
    );
  }
  if (shards !== partitions) {
    return failed(
      'shards-differ',
      `${progressTopic} has ${String(partitions)} partitions, and \`kafka.shards\` is ${String(shards)}`,
      `set \`kafka.shards: ${String(partitions)}\`; the number is fixed for the life of an installation`,
    );
  }
  const claimed = claims.size === 0 ? 'none was claimed yet' : `${String(claims.size)} were claimed`;
  return ok(`${String(shards)} shards, as the topic has partitions; ${claimed}`);
}

/** Whether what stands sealed in the progress can be opened, so that sessions can be taken over. */
export function verdictOnSealing(
  installation: string,
  keys: readonly SealingKey[],
  { accounts }: CommittedProgress,
): Verdict {
  const closed = [...accounts.values()].filter((progress) => {
    const { accountId, generation, sealed, sid } = progress;
    return sealed !== null && openSealed(keys, { installation, accountId, generation, sid }, sealed) === null;
  });
  const names = closed.map(({ accountId }) => accountId).join(', ');
  const lost = closed.map(({ sealed }) => sealed?.keyId).find((id) => !keys.some((key) => key.id === id));
  if (closed.length === 0) {
    if (keys.length === 0) return ok('no key: a stop of `run` ends the sessions');
    return ok(`what is sealed opens with ${keys.map(({ id }) => id).join(', ')}`);
  }
  if (lost !== undefined) {
    return failed(
      'sealing-key-missing',
      `the sessions of ${names} are sealed with the key "${lost}", which is not in \`sealing.keys\`: they would be lost, with a gap`,
      `add the key "${lost}" behind the new one in \`sealing.keys\`; the first seals, all open`,
    );
  }
  return failed(
    'sealing-key-wrong',
    `the key in \`sealing.keys\` does not open the sessions of ${names}, though its id is right: they would be lost, with a gap`,
    'give the key its old content again, and a new key a new `id`',
  );
}

/** Clocks differ by less. */
const AHEAD_MAX_MS = 60_000;

/** Our clock against the last that wrote progress: brokers refuse records that are an hour ahead. */
export function verdictOnProgressClock(now: number, { accounts, claims }: CommittedProgress): Verdict {
  const written = [
    ...[...claims.values()].map(({ at }) => at),
    ...[...accounts.values()].map(({ committedAt }) => committedAt),
  ];
  const aheadMs = Math.max(0, ...written) - now;
  if (aheadMs <= AHEAD_MAX_MS) return ok('the clock is not behind the last progress');
  return warning(
    'clock-behind-progress',
    `progress was committed ${String(Math.round(aheadMs / 1_000))} s in our future`,
    'one of the clocks is wrong, here or where `run` is: set them by NTP',
  );
}
