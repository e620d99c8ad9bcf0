import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { PollSeen } from '../../src/simulator/options.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { LocalCluster } from '../kafka/local-cluster.ts';
import type { OrderOutcome } from '../checker/operators.ts';
import type { LocalRegistry } from '../registry/local-registry.ts';
import { AckJudge } from './ack-judge.ts';
import { type ChaosAccount, topicsOf } from './bridge-config.ts';
import { BridgeProcess, createTopics } from './bridge-process.ts';
import { KafkaHealth } from './kafka-health.ts';
import { LinkFaults } from './link-faults.ts';
import { OrderOutcomes } from './order-outcomes.ts';
import { ProgressReader } from './progress-reader.ts';
import { INSTALLATION, type Parts, type StageOptions, startParts, stopParts } from './stage-parts.ts';
import type { WatchLists } from './watch-lists.ts';

/** Without a new event for so long the run is stuck. */
const STUCK_MS = 120_000;
const PAUSE_MS = 20;

/**
 * Everything that a run needs, together: Kafka, the simulated server with a judge over its polls, and the bridge as a
 * process. What is opened is closed by {@link close}, whatever happened in between.
 */
export class Stage {
  readonly installation = INSTALLATION;
  readonly accounts: readonly ChaosAccount[];
  readonly cluster: LocalCluster;
  readonly simulator: Simulator;
  readonly bridge: BridgeProcess;
  readonly judge: AckJudge;
  readonly health: KafkaHealth;
  readonly linkFaults: LinkFaults;
  readonly lists: WatchLists;
  readonly configFile: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** What went wrong besides what the checkers find. */
  readonly troubles: string[] = [];
  readonly #registry: LocalRegistry | null;
  readonly #scratch: string;
  readonly #outcomes = new OrderOutcomes();
  readonly #pollWaiters = new Set<() => void>();
  readonly #events: number;
  #restarted: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(parts: Parts, options: StageOptions) {
    this.accounts = parts.accounts;
    this.lists = parts.lists;
    this.configFile = parts.configFile;
    this.cluster = parts.cluster;
    this.simulator = parts.simulator;
    this.say = options.say;
    this.signal = options.signal;
    this.#events = options.events;
    this.#registry = parts.registry;
    this.#scratch = parts.scratch;
    this.health = new KafkaHealth(options.nodes);
    this.linkFaults = new LinkFaults(options.seed, options.faultRate, (spec) => this.simulator.faults.arm(spec));
    this.judge = this.#makeJudge();
    const { configFile: config, scratch } = parts;
    const files = { config, scratch, log: options.logFile ?? path.join(scratch, 'bridge.log') };
    this.bridge = new BridgeProcess(files, (status) => void this.#revive(status));
  }

  /** Starts all of it, the bridge last. */
  static async open(options: StageOptions): Promise<Stage> {
    let stage: Stage | undefined;
    const parts = await startParts(options, (poll) => stage?.onPoll(poll));
    try {
      await createTopics(parts.configFile, path.join(parts.scratch, 'topics.log'));
      stage = new Stage(parts, options);
      await stage.bridge.start();
      return stage;
    } catch (error) {
      await stage?.judge.stop();
      await stopParts(parts);
      throw error;
    }
  }

  /** Ends everything that was started; the bridge by SIGKILL. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.bridge.kill();
    await this.judge.stop();
    const { cluster, simulator } = this;
    await stopParts({ cluster, simulator, registry: this.#registry, scratch: this.#scratch });
  }

  /** SIGKILL of the bridge, and its next start; one after the other, whoever asks. */
  restartBridge(): Promise<void> {
    const restarted = this.#restarted.then(async () => {
      await this.bridge.kill();
      await this.bridge.start();
    });
    this.#restarted = restarted.catch(() => undefined);
    return restarted;
  }

  get topics(): ReturnType<typeof topicsOf> {
    return topicsOf(this.installation);
  }

  /** Where the schemas of the records are; null if they are JSON. */
  get registryUrl(): string | null {
    return this.#registry?.url ?? null;
  }

  /** Changes made so far. */
  get changes(): number {
    return this.#events - this.simulator.changesLeft;
  }

  sleep(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.signal });
  }

  /**
   * Resolves when so many changes have been made.
   *
   * @throws if there is no new one for two minutes.
   * @throws the signal's reason when it aborts.
   */
  async untilChanges(count: number): Promise<void> {
    let last = this.changes;
    let since = performance.now();
    while (this.changes < count) {
      await this.sleep(PAUSE_MS);
      if (this.changes !== last) {
        last = this.changes;
        since = performance.now();
      } else if (performance.now() - since > STUCK_MS) {
        throw new Error(`stuck at ${String(last)} of ${String(this.#events)} changes`);
      }
    }
  }

  /** Resolves when the next poll has been judged and is about to be answered, or after `patienceMs`. */
  async nextPoll(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const waiter = (): void => {
      resolve(undefined);
    };
    this.#pollWaiters.add(waiter);
    await Promise.race([promise, this.sleep(patienceMs)]);
    this.#pollWaiters.delete(waiter);
  }

  /**
   * Resolves when every event of the sessions in use is acknowledged, and these have subscribed whom the lists name.
   *
   * @returns false if not within `patienceMs`.
   */
  async untilSettled(patienceMs: number): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    while (!this.#isAcknowledged() || !this.#isSubscribed()) {
      if (performance.now() > deadline) return false;
      await this.sleep(10 * PAUSE_MS);
    }
    return true;
  }

  /**
   * What became of all orders, when everything is committed.
   *
   * @throws if it cannot be read within `patienceMs`.
   */
  async orderOutcomes(patienceMs: number): Promise<readonly OrderOutcome[]> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const { isCaughtUp, undecided } = await this.judge.catchUp();
      if (isCaughtUp && undecided.size === 0) return this.#outcomes.all;
      if (performance.now() > deadline) throw new Error('the progress topic cannot be read to its end');
      await this.sleep(PAUSE_MS);
    }
  }

  async onPoll(poll: PollSeen): Promise<void> {
    this.linkFaults.onPoll(poll.accountUri);
    await this.judge.judge(poll);
    for (const waiter of this.#pollWaiters) waiter();
  }

  #isAcknowledged(): boolean {
    const { ledger, changesLeft } = this.simulator;
    if (changesLeft > 0) return false;
    const inUse = this.accounts.flatMap(({ uri }) => {
      const newest = ledger.sessions.findLast(({ accountUri }) => accountUri === uri);
      return newest?.endedAt === null && newest.polls > 0 ? newest.session : [];
    });
    if (inUse.length < this.accounts.length) return false;
    return !ledger.events.some(({ session, acknowledgedAt }) => acknowledgedAt === null && inUse.includes(session));
  }

  #isSubscribed(): boolean {
    return this.accounts.every(({ id, uri }) => {
      const subscribed = new Set(this.simulator.subscriptionsOf(uri));
      return new Set(this.lists.versionsOf(id).at(-1)).symmetricDifference(subscribed).size === 0;
    });
  }

  /** The bridge ended although nobody ended it. */
  async #revive(status: number): Promise<void> {
    this.troubles.push(`the bridge ended by itself with status ${String(status)}`);
    this.say(`the bridge ended by itself with status ${String(status)}: started again`);
    if (this.#isOver()) return;
    await this.bridge.start();
    // Closed while it started: nobody else would end it.
    if (this.#isOver()) await this.bridge.kill();
  }

  #isOver(): boolean {
    return this.#isClosed || this.signal.aborted;
  }

  #makeJudge(): AckJudge {
    const ids = new Map(this.accounts.map(({ id, uri }) => [uri, id]));
    const world = {
      accountIdOf: (uri: string) => ids.get(uri) ?? '',
      kafkaWellSince: () => this.health.wellSince,
      kafkaStoppedSince: () => this.health.stoppedSince,
      answeredAt: (sid: string, ackId: string) => this.#answeredAt(sid, ackId),
    };
    return new AckJudge(
      world,
      (onCommitted) =>
        new ProgressReader(this.cluster.brokers, this.topics.progress, (accountId, progress) => {
          onCommitted(accountId, progress);
          this.#outcomes.take(accountId, progress);
        }),
    );
  }

  #answeredAt(sid: string, ackId: string): number | null {
    const isAnswer = ({ ackIdAnswered }: { readonly ackIdAnswered: number }): boolean =>
      String(ackIdAnswered) === ackId;
    const event = this.simulator.ledger.events.findLast(
      ({ sid: of, handedOver }) => of === sid && handedOver.some(isAnswer),
    );
    return event?.handedOver.find(isAnswer)?.at ?? null;
  }
}
