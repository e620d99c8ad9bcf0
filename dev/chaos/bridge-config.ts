import { createHash } from 'node:crypto';
import path from 'node:path';

import { TOPICS } from '../../src/records/topics/topics.ts';
import type { SimulatedAccount } from '../../src/simulator/options.ts';

/** A watching account with the users that only it watches. */
export interface ChaosAccount extends SimulatedAccount {
  readonly id: string;
  readonly users: readonly string[];
  /** Users whom its watch file may name in their place. */
  readonly spare: readonly string[];
  /** Its watch file; null: the list is in the configuration. */
  readonly watchFile: string | null;
}

const USERS_PER_ACCOUNT = 12;
/** So many that nobody who was taken from a list is back on it before several others have been written. */
const SPARE_PER_ACCOUNT = 24;
/** Those that the configuration itself names where there is a watch file too. */
export const FIXED_USERS = 3;

/** @param watchFolder where the watch files are; null: there are none. */
export function makeAccounts(count: number, watchFolder: string | null): readonly ChaosAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `watcher-${String(index + 1)}`;
    return {
      id: name,
      user: `NORTHPIER\\${name}`,
      password: `p&<${name}>`,
      uri: `sip:${name}@northpier.example`,
      users: makeUsers('user', index, USERS_PER_ACCOUNT),
      spare: makeUsers('spare', index, SPARE_PER_ACCOUNT),
      watchFile: watchFolder === null ? null : path.join(watchFolder, `${name}.txt`),
    };
  });
}

function makeUsers(name: string, account: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, user) => {
    return `sip:${name}${String(account * count + user + 1)}@northpier.example`;
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
export function topicsOf(installation: string): {
  readonly data: readonly string[];
  readonly progress: string;
  readonly orders: string;
} {
  const named = (name: string): string => `${installation}.${name}`;
  return { data: Object.keys(TOPICS).map(named), progress: named('progress'), orders: named('orders') };
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
    accounts: accounts.map(({ id, user, password, uri, users, watchFile }) => ({
      ...{ id, site: 'pier', user, password, uri },
      watch: watchFile === null ? { users } : { users: users.slice(0, FIXED_USERS), file: watchFile },
    })),
    watch: { reloadMs: 1_000 },
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
