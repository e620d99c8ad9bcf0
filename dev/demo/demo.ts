import path from 'node:path';

import { prefixOf } from './configuration.ts';
import { watchFlow } from './flow.ts';
import type { Interruption } from './interruption.ts';
import { judgeByConsoleConsumer, judgeByVerify } from './judge.ts';
import type { DemoOptions } from './options.ts';
import { type PresenceValue, showSamples } from './sample.ts';
import type { Screen } from './screen.ts';
import { setStage, type Stage } from './stage.ts';

const DRAIN_PATIENCE_MS = 20_000;

/** Presence records that are worth a look. */
const SAMPLES = [
  ({ origin, availabilityName }: PresenceValue) => origin === 'live' && availabilityName !== null,
  ({ origin, note }: PresenceValue) => origin === 'live' && note !== null,
];

/**
 * The whole demo: start everything, let events flow, drain the bridge, and prove that each event is in Kafka once.
 * Whatever happens, nothing that was started outlives it.
 *
 * @returns whether everything was proven.
 * @throws if a part fails, and the interruption's reason.
 */
export async function runDemo(options: DemoOptions, screen: Screen, interruption: Interruption): Promise<boolean> {
  const startedAt = performance.now();
  await using things = new AsyncDisposableStack();
  screen.title('cwa-kafka-bridge: presence events of a CWA server, exactly once in Kafka');
  const stage = await setStage(options, screen, things, interruption.signal);
  showWhereToLook(stage, screen);

  const stopped = options.isKept ? interruption.expectCtrlC() : null;
  screen.gap();
  if (stopped !== null) screen.row('--keep', 'events flow until Ctrl-C; then comes the proof, and Ctrl-C ends all');
  await showFlow(stage, screen, stopped);
  screen.gap();

  const status = await stage.bridge.stop(DRAIN_PATIENCE_MS);
  screen.row('Bridge', `drained after SIGTERM, exit status ${String(status)}`);
  stage.signal.throwIfAborted();
  const isVerified = await judgeByVerify(stage, screen);
  const isProven = await judgeByConsoleConsumer(stage, screen);

  const seconds = `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
  const isGood = status === 0 && isVerified && isProven;
  if (isGood) screen.verdict('green', `PASSED  every event is in Kafka exactly once and in order (${seconds})`);
  else screen.verdict('red', `FAILED  see above (${seconds})`);
  return isGood;
}

function showWhereToLook({ httpUrl, installation, kafka, simulator, tools }: Stage, screen: Screen): void {
  const jars = path.join(path.dirname(tools.archive), 'jars', '*');
  screen.gap();
  screen.row('Look at', `${httpUrl}/metrics\n${httpUrl}/status\n${simulator.url}/_simulator/stats`);
  screen.row(
    'Read a topic',
    [
      `${tools.java.command} -cp '${jars}' \\`,
      '  org.apache.kafka.tools.consumer.ConsoleConsumer \\',
      `  --bootstrap-server ${kafka.brokers.join(',')} --topic ${prefixOf(installation)}presence \\`,
      '  --isolation-level read_committed --from-beginning',
    ].join('\n'),
  );
}

/** The live line, and above it a few records as they appear in Kafka. */
async function showFlow(stage: Stage, screen: Screen, stopped: AbortSignal | null): Promise<void> {
  const { installation, kafka } = stage;
  const ended = new AbortController();
  const topic = `${prefixOf(installation)}presence`;
  const samples = showSamples(
    kafka.brokers,
    topic,
    SAMPLES,
    ({ key, line, offset, partition }) =>
      screen.row('A record', `${topic}, partition ${String(partition)}, offset ${offset}, key ${key}\n${line}`),
    ended.signal,
  );
  try {
    await Promise.race([watchFlow(stage, screen, stopped), samples.then(() => never())]);
  } finally {
    ended.abort();
    await samples.catch(() => undefined);
  }
}

/** The samples can fail the flow and never end it. */
function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
