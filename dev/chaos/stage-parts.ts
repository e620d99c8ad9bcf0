import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { PollSeen } from '../../src/simulator/options.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { LocalCluster } from '../kafka/local-cluster.ts';
import { LocalRegistry } from '../registry/local-registry.ts';
import { bridgeConfig, type ChaosAccount, makeAccounts } from './bridge-config.ts';
import { PROMPT_ELECTIONS } from './leader-moves.ts';
import { WatchLists } from './watch-lists.ts';

export interface StageOptions {
  readonly seed: string;
  readonly nodes: 1 | 3;
  /** How the bridge writes its records; JSON when not given. */
  readonly format?: 'json' | 'avro';
  readonly accounts: number;
  /** Whether the lists of users are in watch files, which may change. */
  readonly hasWatchFiles?: boolean;
  /** Changes in all, snapshots not counted. */
  readonly events: number;
  /** Changes a second, of all accounts together. */
  readonly eventsPerSecond: number;
  /** How often a poll meets a fault of the link, from 0 to 1. */
  readonly faultRate: number;
  /** How long a broker may be silent before the others take it for dead. */
  readonly brokerSessionTimeoutMs: number;
  readonly sessionTimeoutSeconds?: number;
  readonly keepAliveMs?: number;
  /** Where the bridge's log is kept; null: nowhere. */
  readonly logFile: string | null;
  /** Gets one line for each thing that is done. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export const INSTALLATION = 'chaos';

/** What runs for a stage, and its files. */
export interface Parts {
  readonly cluster: LocalCluster;
  readonly simulator: Simulator;
  readonly registry: LocalRegistry | null;
  readonly accounts: readonly ChaosAccount[];
  readonly lists: WatchLists;
  readonly scratch: string;
  readonly configFile: string;
}

/** Starts Kafka, a registry if Avro is asked for, and the simulated server, and writes the bridge's configuration. */
export async function startParts(
  options: StageOptions,
  onPoll: (poll: PollSeen) => Promise<void> | undefined,
): Promise<Parts> {
  const { brokerSessionTimeoutMs, nodes, say, signal } = options;
  const cluster = await LocalCluster.start({
    nodes,
    brokerSessionTimeoutMs,
    properties: PROMPT_ELECTIONS,
    log: say,
    signal,
  });
  let registry: LocalRegistry | null = null;
  try {
    registry = options.format === 'avro' ? await startRegistry(say) : null;
    return await startServer(options, { cluster, registry }, onPoll);
  } catch (error) {
    await registry?.stop();
    await cluster.stop();
    throw error;
  }
}

/** As an operator runs one: it refuses schemas that older readers could not read. */
async function startRegistry(say: (line: string) => void): Promise<LocalRegistry> {
  const registry = await LocalRegistry.start(say);
  await registry.requireCompatibility('BACKWARD_TRANSITIVE');
  return registry;
}

async function startServer(
  options: StageOptions,
  { cluster, registry }: Pick<Parts, 'cluster' | 'registry'>,
  onPoll: (poll: PollSeen) => Promise<void> | undefined,
): Promise<Parts> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-chaos-'));
  const accounts = makeAccounts(options.accounts, options.hasWatchFiles === true ? scratch : null);
  const lists = new WatchLists(accounts);
  await lists.writeAll();
  const simulator = await simulate(options, accounts, onPoll);
  const configFile = path.join(scratch, 'bridge.json');
  const config = bridgeConfig({
    installation: INSTALLATION,
    baseUrl: simulator.url,
    brokers: cluster.brokers,
    registryUrl: registry?.url ?? null,
    accounts,
    seed: options.seed,
    ...(options.keepAliveMs !== undefined && { keepAliveMs: options.keepAliveMs }),
  });
  await writeFile(configFile, JSON.stringify(config));
  return { cluster, simulator, registry, accounts, lists, scratch, configFile };
}

function simulate(
  options: StageOptions,
  accounts: readonly ChaosAccount[],
  onPoll: (poll: PollSeen) => Promise<void> | undefined,
): Promise<Simulator> {
  return startSimulator({
    seed: options.seed,
    accounts: accounts.map(({ user, password, uri }) => ({ user, password, uri })),
    users: accounts.flatMap(({ spare, users }) => [...users, ...spare]),
    eventsTotal: options.events,
    eventsPerSecond: options.eventsPerSecond / options.accounts,
    pollWaitTimeMs: 150,
    sessionTimeoutSeconds: options.sessionTimeoutSeconds ?? 600,
    ticketRenewSeconds: 5,
    affinityCookie: true,
    oddities: true,
    onPoll: async (poll) => {
      await onPoll(poll);
    },
  });
}

/** Ends what {@link startParts} started. */
export async function stopParts({
  cluster,
  simulator,
  registry,
  scratch,
}: Pick<Parts, 'cluster' | 'simulator' | 'registry' | 'scratch'>): Promise<void> {
  await simulator.close();
  await registry?.stop();
  await cluster.stop();
  await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
}
