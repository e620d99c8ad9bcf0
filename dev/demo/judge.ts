import path from 'node:path';

import { checkPublished, type Verdict } from '../checker/check-published.ts';
import { readAllPublished } from '../checker/read-published.ts';
import { runBridgeCommand } from './bridge-command.ts';
import { dataTopicsOf } from './configuration.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

/** `cwa-bridge verify`: what the topics say of themselves. Returns whether it found nothing wrong. */
export async function judgeByVerify({ configFile, signal }: Stage, screen: Screen): Promise<boolean> {
  screen.live(['cwa-bridge verify reads the topics …']);
  const errorFile = path.join(path.dirname(configFile), 'verify.log');
  const { status, stderr } = await runBridgeCommand(['verify', '--config', configFile], errorFile, signal);
  screen.row('verify', stderr.trimEnd());
  return status === 0;
}

/**
 * The ids that Kafka's own Java console consumer yields against those that the simulator's ledger demands, by a
 * checker that shares no code with the bridge. Returns whether they are exactly the same.
 */
export async function judgeByConsoleConsumer(stage: Stage, screen: Screen): Promise<boolean> {
  const { installation, kafka, signal, simulator } = stage;
  screen.live(["Kafka's own console consumer reads the topics …"]);
  const records = await readAllPublished({ brokers: kafka.brokers, topics: dataTopicsOf(installation), signal });
  const verdict = checkPublished(installation, simulator.ledger, records);
  screen.row('Java consumer', describe(verdict));
  return verdict.isGood;
}

function describe(verdict: Verdict): string {
  const { eventsHandedOver, promised, records } = verdict;
  const count = (number: number): string => number.toLocaleString('en');
  return [
    `${count(records)} records read by Kafka's console consumer, read committed`,
    `${count(eventsHandedOver)} events in the server's ledger make ${count(promised)} ids:\n` +
      `${count(verdict.lost)} lost, ${count(verdict.duplicated)} duplicated, ${count(verdict.reordered)} reordered, ` +
      `${count(verdict.wrongId + verdict.foreign + verdict.edges)} others`,
    ...verdict.examples,
  ].join('\n');
}
