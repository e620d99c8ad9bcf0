import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { FaultSpec } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { BridgeProcess, createTopics } from '../chaos/bridge-process.ts';
import { freePorts } from '../kafka/free-ports.ts';
import { installKafka, type KafkaInstallation } from '../kafka/installation.ts';
import { type ProvidedKafka, provideKafka } from '../kafka/provide.ts';
import { quietClient } from '../kafka/readiness.ts';
import { allTopicsOf, DemoConfiguration, prefixOf } from './configuration.ts';
import type { DemoOptions } from './options.ts';
import type { Screen } from './screen.ts';

/** How long many events are meant to flow; few are over sooner. */
const FLOW_SECONDS = 20;
/** Over all accounts. */
const EVENTS_PER_SECOND_MIN = 150;
const POLL_WAIT_MS = 250;
const READY_TIMEOUT_MS = 30_000;
/** How much of the bridge's log a message about its failure quotes. */
const LOG_TAIL_CHARACTERS = 3_000;

/** What goes wrong on the way on purpose, so that there is something to prove. */
const FAULTS: readonly FaultSpec[] = [
  { kind: 'cutLength', count: 3, probability: 0.05 },
  { kind: 'repeat', count: 3, probability: 0.05 },
  { kind: 'shuffle', count: 3, probability: 0.05 },
  { kind: 'status', count: 2, probability: 0.03 },
];

/** Everything that runs, with the names of this run. */
export interface Stage {
  readonly kafka: ProvidedKafka;
  /** Kafka's jars: its console consumer is the judge, wherever the broker is. */
  readonly tools: KafkaInstallation;
  readonly simulator: Simulator;
  readonly bridge: BridgeProcess;
  readonly installation: string;
  readonly configFile: string;
  /** Of the bridge, such as `http://127.0.0.1:9464`. */
  readonly httpUrl: string;
  /** Aborts on Ctrl-C, and when the bridge ends although nobody ended it. */
  readonly signal: AbortSignal;
}

/**
 * Starts Kafka, the simulator and the bridge, telling each step. What is started is ended by `things`.
 *
 * @throws if one of them does not start, and the signal's reason when it aborts.
 */
export async function setStage(
  options: DemoOptions,
  screen: Screen,
  things: AsyncDisposableStack,
  interrupted: AbortSignal,
): Promise<Stage> {
  const log = (line: string): void => screen.row('', line);
  const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-demo-'));
  things.defer(() => rm(scratch, { recursive: true, force: true }));
  const tools = await installKafka(log);
  const kafka = await provideKafka({ log, signal: interrupted });
  things.defer(() => kafka.stop());
  screen.row('Kafka', kafka.description);

  const installation = `cwa-demo-${randomBytes(3).toString('hex')}`;
  const configuration = await DemoConfiguration.read();
  const simulator = await startDemoSimulator(options, configuration);
  things.defer(() => simulator.close());
  screen.row('CWA server', describeSimulator(simulator, configuration));

  const [httpPort = 0] = await freePorts(1);
  const addresses = { installation, baseUrl: simulator.url, brokers: kafka.brokers, httpPort };
  const configFile = await configuration.writeFor(addresses, scratch);
  screen.row('Configuration', `config/demo.yaml, with the addresses of this run: ${configFile}`);

  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const files = { config: configFile, log: path.join(scratch, 'bridge.log'), scratch };
  const bridge = new BridgeProcess(files, (status) => {
    void logTail(files.log).then((tail) => {
      failed.abort(new Error(`the bridge ended by itself with status ${String(status)}. Its last words:\n${tail}`));
    });
  });
  await createTopics(files.config, files.log);
  signal.throwIfAborted();
  if (kafka.source === 'environment') things.defer(() => removeTopics(kafka.brokers, installation));
  screen.row('Topics', `${prefixOf(installation)}* created by cwa-bridge topics --create`);

  await bridge.start();
  things.defer(() => bridge.kill());
  const httpUrl = `http://127.0.0.1:${String(httpPort)}`;
  await untilReady(httpUrl, signal);
  screen.row('Bridge', 'ready (cwa-bridge run)');
  return { kafka, tools, simulator, bridge, installation, configFile, httpUrl, signal };
}

function startDemoSimulator({ events, isKept }: DemoOptions, { accounts, users }: DemoConfiguration) {
  return startSimulator({
    accounts,
    users,
    eventsPerSecond: Math.max(EVENTS_PER_SECOND_MIN, events / FLOW_SECONDS) / accounts.length,
    eventsTotal: isKept ? Infinity : events,
    pollWaitTimeMs: POLL_WAIT_MS,
    faults: FAULTS,
  });
}

function describeSimulator({ url }: Simulator, { accounts, users }: DemoConfiguration): string {
  const faults = FAULTS.reduce((sum, { count = 1 }) => sum + (count ?? 0), 0);
  return (
    `simulator at ${url}: ${String(accounts.length)} accounts, ${String(users.length)} users\n` +
    `${String(faults)} of its answers go wrong on purpose: cut short, sent twice, out of order, refused`
  );
}

/** A Kafka that was there before keeps nothing of ours. */
async function removeTopics(brokers: readonly string[], installation: string): Promise<void> {
  const admin = quietClient(brokers).admin();
  try {
    await admin.connect();
    await admin.deleteTopics({ topics: [...allTopicsOf(installation)] });
  } finally {
    await admin.disconnect();
  }
}

async function untilReady(httpUrl: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let said = 'it does not listen yet';
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${httpUrl}/readyz`, { signal });
      said = await response.text();
      if (response.ok) return;
    } catch {
      signal.throwIfAborted();
    }
    await delay(100, undefined, { signal });
  }
  throw new Error(`the bridge is not ready after ${String(READY_TIMEOUT_MS / 1000)} s: ${said}`);
}

async function logTail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).slice(-LOG_TAIL_CHARACTERS);
}
