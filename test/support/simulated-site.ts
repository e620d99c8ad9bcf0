import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { type PublishedRecord, readPublished } from '../../dev/checker/published-record.ts';
import { GAP_REASONS } from '../../src/bridge/phase.ts';
import { createSignInGate } from '../../src/bridge/sign-in/sign-in-gate.ts';
import type { BridgeConfiguration } from '../../src/config/configuration.ts';
import { LatestFiles } from '../../src/config/latest-files.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../../src/cwa/documents/document-limits.ts';
import { Account, type AccountWorld } from '../../src/daemon/account.ts';
import type { HeldShard } from '../../src/daemon/shards.ts';
import type { OutgoingRecord } from '../../src/lib/outgoing-record.ts';
import { WatchDirectory } from '../../src/daemon/watch-directory.ts';
import { createLogger } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';
import { WARNINGS } from '../../src/records/warnings.ts';
import { Random } from '../../src/simulator/random.ts';
import { type SimulatedAccount, type SimulatorOptions } from '../../src/simulator/options.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { LeapingClock } from './leaping-clock.ts';
import { LogLines } from './log-lines.ts';
import { memoryShard } from './memory-shard.ts';

export interface SiteOptions {
  readonly accounts: readonly { readonly id: string; readonly users: readonly string[]; readonly isActive: boolean }[];
  readonly simulator: SimulatorOptions;
  /** Sections of the configuration beside `sites` and `accounts`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: string;
}

export const INSTALLATION = 'simulated';

/**
 * The accounts of a configuration at work against a simulator, all on one clock that leaps: real loops, real HTTP, and
 * days in seconds. Only Kafka is left out: a commit takes no time and never fails, and what is published is collected.
 */
export class SimulatedSite {
  readonly clock: LeapingClock;
  readonly simulator: Simulator;
  readonly log = new LogLines();
  /** What was published on the topics whose records have a head, since somebody took it. */
  readonly #published: PublishedRecord[] = [];
  readonly #configuration: BridgeConfiguration;
  readonly #random: Random;
  readonly #end = new AbortController();
  readonly #topicsWithHead: ReadonlySet<string>;
  #accounts: readonly Account[] = [];
  #runs: readonly Promise<void>[] = [];
  #offset = 0n;

  private constructor(parts: {
    readonly clock: LeapingClock;
    readonly simulator: Simulator;
    readonly configuration: BridgeConfiguration;
    readonly random: Random;
  }) {
    this.clock = parts.clock;
    this.simulator = parts.simulator;
    this.#configuration = parts.configuration;
    this.#random = parts.random;
    const { current: _, ...names } = parts.configuration.kafka.topics.names;
    this.#topicsWithHead = new Set(Object.values(names));
  }

  static async start({ accounts, seed, settings, simulator: options }: SiteOptions): Promise<SimulatedSite> {
    const clock = new LeapingClock(Date.UTC(2026, 2, 1));
    const known = accounts.map(({ id }): SimulatedAccount => ({
      user: `FABRIKAM\\${id}`,
      password: `of-${id}`,
      uri: `sip:${id}@fabrikam.example`,
    }));
    const simulator = await startSimulator({ ...options, accounts: known, clock, seed });
    onTestFinished(() => simulator.close());
    const configuration = await configurationOf({
      installation: INSTALLATION,
      sites: [{ name: 'lab', baseUrl: simulator.url }],
      accounts: accounts.map(({ id, isActive, users }, index) => {
        return { id, site: 'lab', ...known[index], userActivity: isActive, watch: { users } };
      }),
      watch: { overlap: 'allow' },
      kafka: { brokers: ['127.0.0.1:9'], shards: 1 },
      ...settings,
    });
    const site = new SimulatedSite({ clock, simulator, configuration, random: new Random(`${seed}/bridge`) });
    site.#run();
    return site;
  }

  /** Lets time pass; what happens in it has happened then. */
  async pass(ms: number): Promise<void> {
    await Promise.race([this.clock.passUntil(this.clock.now() + ms, this.#accounts.length), ...this.#failures()]);
  }

  /** What was published since the last call. */
  take(): PublishedRecord[] {
    return this.#published.splice(0);
  }

  /** Ends the loops; the sessions are left open. */
  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#runs);
    await Promise.all(this.#accounts.map((account) => account.close()));
  }

  /** A loop that ends before its time is a failure of the test, not a reason to wait for ever. */
  #failures(): readonly Promise<never>[] {
    return this.#runs.map(async (run) => {
      await run;
      throw new Error(`an account ended: ${this.log.text.slice(-2_000)}`);
    });
  }

  #run(): void {
    const shard = memoryShard((record) => {
      this.#collect(record);
    });
    const world = this.#world();
    this.#accounts = this.#configuration.accounts.map((account) =>
      Account.create(world, account, shard satisfies HeldShard),
    );
    this.#runs = this.#accounts.map((account) => account.run(this.#end.signal));
    for (const run of this.#runs) run.catch(() => undefined);
    onTestFinished(() => this.stop().catch(() => undefined));
  }

  #collect({ key, topic, value }: OutgoingRecord): void {
    if (!this.#topicsWithHead.has(topic)) return;
    this.#offset += 1n;
    this.#published.push(readPublished({ topic, partition: 0, offset: this.#offset, key, value }));
  }

  #world(): AccountWorld {
    const configuration = this.#configuration;
    const random = (): number => this.#random.next();
    const { clock } = this;
    const gate = createSignInGate(configuration.signIn.attemptsPerMinute, clock, random);
    return {
      configuration,
      watch: new WatchDirectory(new Map(configuration.accounts.map(({ id, watch }) => [id, watch.users]))),
      files: new LatestFiles(() => undefined),
      sealingKeys: [],
      pseudonymKeys: [],
      letters: { limits: DEFAULT_DOCUMENT_LIMITS, read: () => Promise.resolve('there are no letters') },
      replica: 'simulated-1',
      schemaIds: undefined,
      gateOf: () => gate,
      metrics: createMetrics({
        accounts: configuration.accounts,
        topics: (Object.keys(ALL_TOPICS) as PublishedTopic[]).map((topic) => configuration.kafka.topics.names[topic]),
        version: '0',
        labelSets: { gapReason: GAP_REASONS, warning: Object.keys(WARNINGS) },
        withProcessMetrics: false,
      }),
      log: createLogger({ level: configuration.log.level, destination: this.log }),
      clock,
      random,
      pulse: () => ({ beat: () => undefined, end: () => undefined }),
    };
  }
}

async function configurationOf(content: object): Promise<BridgeConfiguration> {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-site-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'bridge.json');
  await writeFile(file, JSON.stringify(content));
  const { configuration, problems } = await loadConfiguration({ files: [file], env: {} });
  if (configuration === null) throw new Error(problems.map(formatProblem).join('\n'));
  return configuration;
}
