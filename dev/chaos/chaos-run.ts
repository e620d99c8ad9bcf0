import { checkPublished, type Verdict } from '../checker/check-published.ts';
import { readAllPublished } from '../checker/read-published.ts';
import type { JudgeReport } from './ack-judge.ts';
import { runBridgeLane, runBrokerLane } from './lanes.ts';
import type { ChaosOptions } from './options.ts';
import { runOrderLane, runWatchLane } from './operator-lanes.ts';
import { makePlan } from './plan.ts';
import { readOperators } from './read-operators.ts';
import { Stage } from './stage.ts';

/** What a run did and what came of it. */
export interface ChaosReport {
  readonly seed: string;
  readonly nodes: number;
  readonly format: string;
  readonly seconds: number;
  /** What was done, by kind. */
  readonly done: Readonly<Record<string, number>>;
  /** Faults of the link that struck, by kind. */
  readonly linkFaults: Readonly<Record<string, number>>;
  readonly eventsCreated: number;
  readonly sessionsOpened: number;
  readonly signIns: number;
  readonly polls: number;
  readonly acknowledgements: JudgeReport;
  readonly published: Verdict;
  /** What went wrong besides: the bridge ended by itself, for example. */
  readonly troubles: readonly string[];
  readonly isGood: boolean;
}

/** Longer than any pause of a single broker, which would be fenced otherwise; a killed node stays away that long. */
const BROKER_SESSION_TIMEOUT_MS = { 1: 9_000, 3: 3_000 } as const;
const DRAIN_MS = 120_000;
const STOP_MS = 15_000;
const READ_MS = 300_000;

/**
 * One run from nothing to its verdict: starts Kafka, the simulator and the bridge, does what the plan says, lets all
 * events arrive, and has the result checked. Whatever happens, nothing is left running.
 *
 * @param say gets one line for each thing that is done.
 * @param signal ends the run early; then it rejects with the signal's reason.
 */
export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ChaosReport> {
  const startedAt = performance.now();
  const failed = new AbortController();
  const stage = await Stage.open({
    ...options,
    eventsPerSecond: options.events / options.seconds,
    hasWatchFiles: options.watchChanges > 0,
    brokerSessionTimeoutMs: BROKER_SESSION_TIMEOUT_MS[options.nodes],
    say,
    signal: AbortSignal.any([signal, failed.signal]),
  });
  try {
    const done = await runLanes(stage, options, failed);
    await settle(stage, options.events);
    const published = await checkStage(stage);
    return reportOf(stage, { options, done, published, seconds: (performance.now() - startedAt) / 1000 });
  } finally {
    await stage.close();
  }
}

/** All lanes side by side; if one fails, so do the others. */
async function runLanes(
  stage: Stage,
  options: ChaosOptions,
  failed: AbortController,
): Promise<ReadonlyMap<string, number>> {
  const plan = makePlan(options);
  const tally = new Map<string, number>();
  const lanes = [
    runBridgeLane(stage, plan.bridge, tally),
    runBrokerLane(stage, plan.broker, tally),
    runOrderLane(stage, plan.orders, tally),
    runWatchLane(stage, plan.watch, tally),
  ];
  for (const lane of lanes) {
    lane.catch((error: unknown) => {
      failed.abort(error);
    });
  }
  const outcomes = await Promise.allSettled(lanes);
  if (outcomes.some(({ status }) => status === 'rejected')) failed.signal.throwIfAborted();
  return tally;
}

/** Lets every event arrive over a good link, then ends the bridge as an operator does. */
export async function settle(stage: Stage, events: number): Promise<void> {
  await stage.untilChanges(events);
  stage.linkFaults.calm();
  if (!(await stage.untilSettled(DRAIN_MS)))
    stage.troubles.push('not every event was acknowledged and every user subscribed in the end');
  const status = await stage.bridge.stop(STOP_MS);
  if (status !== 0) stage.troubles.push(`the bridge did not end well: status ${String(status)}`);
}

/** Compares what Kafka's own console consumer reads with the ledger, and with what operators did. */
export async function checkStage(stage: Stage): Promise<Verdict> {
  const { cluster, installation, registryUrl, say, signal, simulator, topics } = stage;
  say(`reading all topics with the console consumer${registryUrl === null ? '' : ', their Avro with avsc'}`);
  const records = await readAllPublished({
    brokers: cluster.brokers,
    topics: topics.data,
    registryUrl,
    timeoutMs: READ_MS,
    signal,
  });
  return checkPublished(installation, simulator.ledger, records, await readOperators(stage, READ_MS));
}

interface Outcome {
  readonly options: ChaosOptions;
  readonly done: ReadonlyMap<string, number>;
  readonly published: Verdict;
  readonly seconds: number;
}

function reportOf(stage: Stage, { options, done, published, seconds }: Outcome): ChaosReport {
  const { judge, simulator, troubles } = stage;
  const { stats } = simulator;
  const acknowledgements = judge.report;
  return {
    seed: options.seed,
    nodes: options.nodes,
    format: options.format,
    seconds: Math.round(seconds),
    done: Object.fromEntries(done),
    linkFaults: simulator.faults.strikes,
    eventsCreated: stats.eventsCreated,
    sessionsOpened: stats.sessionsOpened,
    signIns: stats.signIns.ok,
    polls: stats.polls,
    acknowledgements,
    published,
    troubles,
    isGood: published.isGood && acknowledgements.violations === 0 && troubles.length === 0,
  };
}
