import { moveLeader } from './leader-moves.ts';
import type { BridgeAction, BrokerAction } from './plan.ts';
import type { Stage } from './stage.ts';

/** How often each thing was done. */
export type Tally = Map<string, number>;

/** A poll that does not come within this time is not waited for: longer than any broker is away. */
const POLL_PATIENCE_MS = 20_000;

/** Does to the bridge what the plan says, one thing after the other. */
export async function runBridgeLane(stage: Stage, actions: readonly BridgeAction[], tally: Tally): Promise<void> {
  for (const action of actions) {
    switch (action.kind) {
      case 'kill':
        await untilMoment(stage, action);
        await stage.restartBridge();
        stage.say(
          `bridge killed (${action.moment} + ${String(action.delayMs)} ms) at ${String(stage.changes)} changes`,
        );
        break;
      case 'pause':
        await stage.untilChanges(action.at);
        stage.bridge.pause();
        await stage.sleep(action.forMs);
        stage.bridge.resume();
        stage.say(`bridge frozen for ${String(action.forMs)} ms at ${String(stage.changes)} changes`);
        break;
    }
    count(tally, action.kind);
  }
}

async function untilMoment(stage: Stage, action: BridgeAction & { readonly kind: 'kill' }): Promise<void> {
  // After a start: no matter how many events have been made, the moment is now.
  if (action.moment !== 'afterStart') {
    await stage.untilChanges(action.at);
    // Where the plan is behind the events, this start must come to its polls all the same.
    await stage.nextPoll(POLL_PATIENCE_MS);
  }
  await stage.sleep(action.delayMs);
}

/** Does to Kafka what the plan says, one thing after the other. */
export async function runBrokerLane(stage: Stage, actions: readonly BrokerAction[], tally: Tally): Promise<void> {
  for (const action of actions) {
    await stage.untilChanges(action.at);
    const what = await act(stage, action);
    stage.say(`${what} at ${String(stage.changes)} changes`);
    count(tally, action.kind);
  }
}

async function act(stage: Stage, action: BrokerAction): Promise<string> {
  switch (action.kind) {
    case 'brokerPause':
      return pauseBroker(stage, action.node, action.forMs);
    case 'brokerKill':
      return killBroker(stage, action.node, action.downMs);
    case 'leaderMove': {
      const { cluster, topics } = stage;
      stage.health.unwell();
      const moved = await moveLeader(cluster.brokers, [...topics.data, topics.progress, TRANSACTIONS], action.dice);
      stage.health.settled();
      if (moved === null) stage.troubles.push('a leader could not be moved in time');
      return `leader moved: ${moved ?? 'not in time'}`;
    }
  }
}

/** The leaders of its partitions are the coordinators of the bridge's transactions. */
const TRANSACTIONS = '__transaction_state';

/** Freezes a broker for a time. */
export async function pauseBroker(stage: Stage, node: number, forMs: number): Promise<string> {
  const broker = stage.cluster.node(node);
  broker.pause();
  stage.health.gone(node);
  await stage.sleep(forMs);
  stage.health.back(node);
  broker.resume();
  return `Kafka node ${String(node)} frozen for ${String(forMs)} ms`;
}

async function killBroker(stage: Stage, node: number, downMs: number): Promise<string> {
  const broker = stage.cluster.node(node);
  await broker.kill();
  stage.health.gone(node);
  await stage.sleep(downMs);
  await broker.start(stage.signal);
  stage.health.back(node);
  return `Kafka node ${String(node)} killed, back after ${String(downMs)} ms`;
}

/** One more of a kind. */
export function count(tally: Tally, kind: string): void {
  tally.set(kind, (tally.get(kind) ?? 0) + 1);
}
