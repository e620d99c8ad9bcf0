import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished } from 'vitest';

import { topics } from '../../src/commands/topics.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { runDaemon } from '../../src/daemon/daemon.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/observability/log.ts';
import { TOPICS } from '../../src/records/topics/topics.ts';
import { DEFAULT_ACCOUNT, type SimulatorOptions } from '../../src/simulator/options.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { Child } from './child.ts';
import { runCommand } from './command-line.ts';
import { testBrokers, uniqueName } from './kafka.ts';
import { LogLines } from './log-lines.ts';
import { TopicTail } from './topic-tail.ts';
import { until } from './until.ts';

export const ACCOUNT = DEFAULT_ACCOUNT;

/** Whom the account watches unless a test says otherwise: of the simulator's population, which makes no changes. */
export const USERS = [1, 2, 3].map((n) => `sip:user0000${String(n)}@fabrikam.example`);

/** Part of the configuration, as it is written in a file. */
export type Settings = Readonly<Record<string, unknown>>;

export interface StageOptions {
  readonly simulator?: SimulatorOptions;
  /** Laid over the settings of {@link settingsFor}, section by section. */
  readonly settings?: Settings;
  readonly brokers?: readonly string[];
  /** False leaves the topics to the test. */
  readonly hasTopics?: boolean;
}

/** A simulator, an installation with topics of its own and a configuration file: everything but the bridge. */
export interface Stage {
  readonly simulator: Simulator;
  readonly installation: string;
  /** What all names of its topics begin with. */
  readonly prefix: string;
  readonly brokers: readonly string[];
  /** The committed records of all topics but progress. */
  readonly records: TopicTail;
  /** The same, read anew from the beginning. */
  readonly read: () => Promise<TopicTail>;
  /** Writes a configuration with further settings, and returns its file. */
  readonly configure: (settings?: Settings) => Promise<string>;
  /** Starts the bridge in this process; ended with the test at the latest. */
  readonly start: (settings?: Settings) => Promise<RunningBridge>;
  /** Starts the bridge as a process, for what only a process can do. */
  readonly spawn: (settings?: Settings, env?: NodeJS.ProcessEnv) => Promise<SpawnedBridge>;
}

/** Sets everything up; all of it is gone after the test. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { brokers = testBrokers(), hasTopics = true } = options;
  const simulator = await startSimulator({ eventsPerSecond: 0, pollWaitTimeMs: 20, ...options.simulator });
  onTestFinished(() => simulator.close());
  const installation = uniqueName('bridge');
  const prefix = `${installation}.`;
  const folder = await mkdtemp(join(tmpdir(), 'cwa-bridge-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));

  const base = settingsFor(simulator.url, installation, brokers);
  const configure = async (settings: Settings = {}): Promise<string> => {
    const file = join(folder, `${uniqueName('settings')}.json`);
    await writeFile(file, JSON.stringify(over(over(base, options.settings ?? {}), settings)));
    return file;
  };
  if (hasTopics) {
    const created = await runCommand(topics, ['--create', '-c', await configure()]);
    expect(created).toMatchObject({ status: 0, stderr: '' });
  }
  const stage = { simulator, installation, prefix, brokers, configure };
  const records = hasTopics ? await openTail(brokers, prefix) : await TopicTail.open(brokers, [], installation);
  return {
    ...stage,
    records,
    read: () => openTail(brokers, prefix),
    start: async (settings) => RunningBridge.start(await configure(settings)),
    spawn: async (settings, env) => SpawnedBridge.start(await configure(settings), env),
  };
}

async function openTail(brokers: readonly string[], prefix: string): Promise<TopicTail> {
  const names = Object.keys(TOPICS).map((name) => `${prefix}${name}`);
  const tail = await TopicTail.open(brokers, names, uniqueName('tail'));
  onTestFinished(() => tail.close());
  return tail;
}

/** Quick where the defaults are patient; one shard, so that one partition tells all about progress. */
function settingsFor(baseUrl: string, installation: string, brokers: readonly string[]): Settings {
  const { user, password, uri } = ACCOUNT;
  return {
    installation,
    sites: [{ name: 'lab', baseUrl }],
    accounts: [{ id: 'watcher', site: 'lab', user, password, uri, watch: { users: USERS } }],
    signIn: { attemptsPerMinute: 6_000 },
    kafka: { brokers, shards: 1, topics: { prefix: `${installation}.`, partitions: 1, replicationFactor: 1 } },
    session: {
      pollWaitMinMs: 10,
      retryMinMs: 10,
      retryMaxMs: 100,
      retryLongMs: 200,
      responseTimeoutMs: 5_000,
      progressIntervalMs: 1_000,
    },
    http: { host: '127.0.0.1', port: 0 },
    shutdown: { timeoutMs: 10_000 },
    log: { level: 'trace' },
  };
}

/** `upper` laid over `lower`: sections are merged, everything else is replaced. */
function over(lower: Settings, upper: Settings): Settings {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? over(below, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The daemon in this process. */
class RunningBridge {
  readonly log = new LogLines();
  /** Settles when the daemon has ended; rejects with what ended it. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  private constructor(run: (log: LogLines, signal: AbortSignal) => Promise<void>) {
    this.ended = run(this.log, this.#stop.signal);
    this.ended.catch(() => undefined);
  }

  static async start(file: string): Promise<RunningBridge> {
    const { configuration, problems } = await loadConfiguration({ files: [file], env: {} });
    if (configuration === null) throw new Error(problems.map(formatProblem).join('\n'));
    const bridge = new RunningBridge((destination, signal) => {
      const log = createLogger({ level: configuration.log.level, destination });
      return runDaemon(configuration, { log, clock: systemClock, random: Math.random }, signal);
    });
    onTestFinished(() => bridge.stop().catch(() => undefined));
    return bridge;
  }

  /** As SIGTERM does. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await this.ended;
  }

  get(path: string): Promise<HttpAnswer> {
    return getFrom(this.log, path);
  }
}

/** The bridge as a process. */
class SpawnedBridge {
  readonly child: Child;

  private constructor(child: Child) {
    this.child = child;
  }

  static start(file: string, env?: NodeJS.ProcessEnv): SpawnedBridge {
    return new SpawnedBridge(Child.start(['run', '-c', file], env));
  }

  /** What it has logged so far. */
  get log(): LogLines {
    const lines = new LogLines();
    lines.write(this.child.stderr);
    return lines;
  }

  async get(path: string): Promise<HttpAnswer> {
    await until('the bridge listens', () => this.log.withMessage('started')[0], { describe: () => this.child.stderr });
    return getFrom(this.log, path);
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

async function getFrom(log: LogLines, path: string): Promise<HttpAnswer> {
  const { http } = await log.find('started');
  const { host, port } = http as { readonly host: string; readonly port: number };
  const response = await fetch(`http://${host}:${String(port)}${path}`);
  return { status: response.status, body: await response.text() };
}
