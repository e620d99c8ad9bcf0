import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { GAP_REASONS } from '../bridge/phase.ts';
import { createSignInGate } from '../bridge/sign-in/sign-in-gate.ts';
import { type BridgeConfiguration, watchSourcesOf } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import { latestSecretKeys } from '../config/secret-key.ts';
import { startHttpServer } from '../http/server.ts';
import { present } from '../lib/assert.ts';
import type { Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { version } from '../lib/version.ts';
import { Heartbeats, watchForFreezes } from '../observability/heartbeat.ts';
import type { Logger } from '../observability/log.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { ALL_TOPICS, type PublishedTopic } from '../records/topics/topics.ts';
import { WARNINGS } from '../records/warnings.ts';
import { Account, type AccountWorld } from './account.ts';
import { pseudonymKeysOf } from './bridge-settings.ts';
import { connectKafka } from './kafka-connection.ts';
import { KafkaWatch } from './kafka-watch.ts';
import { letterSourceOf } from './letter-source.ts';
import { loggedFiles } from './latest-files.ts';
import { startOrders } from './orders.ts';
import { pagesOf } from './pages.ts';
import { schemaIdsOf } from './schema-registry.ts';
import { shardMeter } from './shard-meter.ts';
import { RemovedAccounts } from './removed-accounts.ts';
import { Shards } from './shards.ts';
import { WatchDirectory } from './watch-directory.ts';
import { listsById, WatchFiles } from './watch-files.ts';

export interface DaemonWorld {
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Has watch files read at once whenever it is called; not there: only by time. */
  readonly onReload?: (reload: () => void) => void;
}

/** The composition root: everything that `cwa-bridge run` consists of, made, run and ended here. */
export async function runDaemon(
  configuration: BridgeConfiguration,
  world: DaemonWorld,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, random } = world;
  const replica = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const schemaIds = await schemaIdsOf(configuration, signal);
  if (schemaIds !== undefined)
    log.info({ registry: configuration.kafka.schemaRegistry?.url, schemaIds }, 'schemas found');
  const metrics = metricsOf(configuration);
  const heartbeats = new Heartbeats(() => clock.monotonic());
  const files = loggedFiles(log, (count) => {
    metrics.unusableSecretFiles.set({}, count);
  });
  const kafka = connectKafka(configuration, log, clock, files);
  const observer = shardMeter(metrics);
  const shards = new Shards({ configuration, kafka, replica, observer, log, clock, random });
  const accounts: Account[] = [];
  const kafkaWatch = new KafkaWatch(kafka, configuration.kafka.topics.names.progress, clock);
  const pages = pagesOf({ configuration, metrics, heartbeats, shards, kafkaWatch, accounts });
  const http = await startHttpServer(configuration.http, pages);
  log.info({ replica, version: version(), http: http.address, accounts: configuration.accounts.length }, 'started');
  const ended = new AbortController();
  const background: Promise<unknown>[] = [kafkaWatch.run(ended.signal)];
  const freezes = watchForFreezes(clock, ended.signal, (frozenMs) => {
    metrics.freezes.inc({});
    log.warn({ frozenMs }, 'the process stood still');
  });
  try {
    await shards.start(signal);
    metrics.shardsOwned.set({}, configuration.kafka.shards);
    const accountWorld: AccountWorld = {
      ...(await accountWorldOf(configuration, world, heartbeats, files)),
      letters: letterSourceOf(kafka, configuration),
      replica,
      schemaIds,
      metrics,
    };
    const watchFiles = watchFilesOf(accountWorld);
    world.onReload?.(() => {
      watchFiles.hurry();
    });
    background.push(watchFiles.run(ended.signal));
    const removed = new RemovedAccounts(accountWorld, shards.held);
    await removed.forgetUsers();
    for (const account of configuration.accounts) {
      accounts.push(Account.create(accountWorld, account, shards.of(account.id)));
    }
    const orders = await startOrders({ configuration, kafka, accounts, removed, log, clock }, ended.signal);
    background.push(orders.ended);
    await runAccounts(accounts, signal, configuration.shutdown.timeoutMs, log);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    await Promise.all(accounts.map((account) => account.close()));
    await shards.stop();
    ended.abort();
    await Promise.all([...background, freezes]);
    await kafka.close();
    await http.close();
    log.info({}, 'ended');
  }
}

function watchFilesOf({ clock, configuration, log, metrics, watch: directory }: AccountWorld): WatchFiles {
  const { reloadMs } = configuration.watch;
  return new WatchFiles({ sources: watchSourcesOf(configuration), directory, reloadMs, metrics, log, clock });
}

/** Longest silence of an account's loop: more than its longest wait, which is for an address that is not CWA. */
const SILENCE_MS_MAX = 420_000;

async function accountWorldOf(
  configuration: BridgeConfiguration,
  { clock, log, random }: DaemonWorld,
  heartbeats: Heartbeats,
  files: LatestFiles,
): Promise<Omit<AccountWorld, 'letters' | 'replica' | 'schemaIds' | 'metrics'>> {
  const gates = new Map(
    configuration.sites.map(({ name }) => [
      name,
      createSignInGate(configuration.signIn.attemptsPerMinute, clock, random),
    ]),
  );
  return {
    configuration,
    files,
    watch: new WatchDirectory(
      listsById(
        watchSourcesOf(configuration),
        configuration.accounts.map(({ watch }) => watch),
      ),
    ),
    sealingKeys: latestSecretKeys(configuration.sealing.keys, files),
    pseudonymKeys: await pseudonymKeysOf(configuration),
    gateOf: (site) => present(gates.get(site), `sign-in gate of site ${site}`),
    log,
    clock,
    random,
    pulse: (loop) => heartbeats.register(loop, SILENCE_MS_MAX),
  };
}

/**
 * Runs every account until `signal` aborts, then lets each finish and leave its session. A lost shard ends them all:
 * what this process would still do could clash with the rightful owner.
 */
async function runAccounts(
  accounts: readonly Account[],
  signal: AbortSignal,
  shutdownMs: number,
  log: Logger,
): Promise<void> {
  const lost = new AbortController();
  const ends = AbortSignal.any([signal, lost.signal]);
  const runs = accounts.map(async (account) => {
    try {
      await account.run(ends);
      if (!ends.aborted) await abortion(ends);
    } catch (error) {
      lost.abort(error);
      throw error;
    }
  });
  const settled = Promise.allSettled(runs);
  await abortion(ends);
  log.info({ accounts: accounts.length }, 'draining');
  const deadline = AbortSignal.timeout(shutdownMs);
  const left = settled.then((outcomes) => {
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return Promise.all(accounts.map((account) => account.leave(deadline)));
  });
  await Promise.race([left, abortion(deadline)]);
  left.catch(() => undefined);
  if (deadline.aborted) log.warn({ shutdownMs }, 'not drained in time: the next start recovers');
}

/** Resolves when the signal aborts. */
async function abortion(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener(
    'abort',
    () => {
      resolve(undefined);
    },
    { once: true },
  );
  await promise;
}

function metricsOf(configuration: BridgeConfiguration): Metrics {
  const { accounts, kafka } = configuration;
  return createMetrics({
    accounts,
    topics: (Object.keys(ALL_TOPICS) as PublishedTopic[]).map((topic) => kafka.topics.names[topic]),
    version: version(),
    labelSets: { gapReason: GAP_REASONS, warning: Object.keys(WARNINGS) },
    withProcessMetrics: true,
  });
}
