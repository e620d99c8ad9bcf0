import { createHash } from 'node:crypto';

import { TOPICS } from '../../src/records/topics/topics.ts';
import type { SimulatedAccount } from '../../src/simulator/options.ts';

/** A watching account with the users that only it watches. */
export interface ChaosAccount extends SimulatedAccount {
  readonly id: string;
  readonly users: readonly string[];
}

const USERS_PER_ACCOUNT = 12;

export function makeAccounts(count: number): readonly ChaosAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `watcher-${String(index + 1)}`;
    return {
      id: name,
      user: `NORTHPIER\\${name}`,
      password: `p&<${name}>`,
      uri: `sip:${name}@northpier.example`,
      users: Array.from(
        { length: USERS_PER_ACCOUNT },
        (_user, user) => `sip:user${String(index * USERS_PER_ACCOUNT + user + 1)}@northpier.example`,
      ),
    };
  });
}

export interface BridgeConfigOptions {
  readonly installation: string;
  readonly baseUrl: string;
  readonly brokers: readonly string[];
  readonly accounts: readonly ChaosAccount[];
  readonly seed: string;
  /** Of the schema registry: records are Avro. Null: they are JSON. */
  readonly registryUrl: string | null;
  /** Longest time between keep-alive polls, in milliseconds. */
  readonly keepAliveMs?: number;
}

/** The names of the topics, by what they hold. */
export function topicsOf(installation: string): { readonly data: readonly string[]; readonly progress: string } {
  const named = (name: string): string => `${installation}.${name}`;
  return { data: Object.keys(TOPICS).map(named), progress: named('progress') };
}

/**
 * A configuration whose waits are short, so that faults cost milliseconds, and whose patience is long: an answer
 * that fails a few times in a row is no reason to give up a session that the server still holds.
 */
export function bridgeConfig(options: BridgeConfigOptions): object {
  const { accounts, baseUrl, brokers, installation, keepAliveMs = 1_000, registryUrl, seed } = options;
  return {
    installation,
    sites: [{ name: 'pier', baseUrl }],
    accounts: accounts.map(({ id, user, password, uri, users }) => ({
      ...{ id, site: 'pier', user, password, uri },
      watch: { users },
    })),
    signIn: { attemptsPerMinute: 6_000 },
    kafka: {
      brokers,
      shards: 3,
      topics: { prefix: `${installation}.`, partitions: 3 },
      connectionTimeoutMs: 1_000,
      requestTimeoutMs: 2_000,
      ...(registryUrl !== null && { format: 'avro', schemaRegistry: { url: registryUrl, timeoutMs: 60_000 } }),
    },
    session: {
      pollWaitMinMs: 20,
      connectTimeoutMs: 2_000,
      responseTimeoutMs: 2_000,
      keepAliveMs,
      retryMinMs: 20,
      retryMaxMs: 500,
      rebuildAfterFailures: 1_000,
      documentAttempts: 20,
    },
    // Sessions survive a kill: the next start opens what the last one sealed.
    sealing: { keys: [{ id: 'chaos', key: createHash('sha256').update(seed).digest('base64') }] },
    http: { host: '127.0.0.1', port: 0 },
    shutdown: { timeoutMs: 10_000 },
    log: { level: 'info' },
  };
}
