import { Random } from '../../src/simulator/random.ts';
import type { ChaosOptions } from './options.ts';

/** Something that is done to the bridge, at the time when so many events have been made. */
export type BridgeAction =
  /** SIGKILL. `moment` says what it aims at: any time, the moments after a poll (the commit), or those after a start. */
  | { readonly kind: 'kill'; readonly at: number; readonly moment: KillMoment; readonly delayMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly kind: 'pause'; readonly at: number; readonly forMs: number };

export type KillMoment = 'anyTime' | 'afterPoll' | 'afterStart';

/** Something that is done to Kafka. `node` is a number from 1. */
export type BrokerAction =
  | { readonly kind: 'brokerPause'; readonly at: number; readonly node: number; readonly forMs: number }
  | { readonly kind: 'brokerKill'; readonly at: number; readonly node: number; readonly downMs: number }
  /** `dice`, at least 0 and below 1, chooses among what is there. */
  | { readonly kind: 'leaderMove'; readonly at: number; readonly dice: number };

/** Something that an operator orders. `account` and `user` are dice, at least 0 and below 1. */
export type OrderAction = OrderMoment &
  (
    | { readonly kind: 'accountPause' | 'accountSignOut'; /** Then comes `resume`. */ readonly forMs: number }
    /** Of one user; null: of all. */
    | { readonly kind: 'refresh'; readonly user: number | null }
  );

interface OrderMoment {
  readonly at: number;
  readonly account: number;
  /** The bridge is killed so long after the operator began: about when the order is carried out. Null: it is not. */
  readonly killAfterMs: number | null;
}

/** Another list in the watch file of an account: so many users less, and about so many others. */
export interface WatchAction {
  readonly kind: 'watchChange';
  readonly at: number;
  readonly account: number;
  readonly removed: number;
  readonly added: number;
}

export interface ChaosPlan {
  readonly bridge: readonly BridgeAction[];
  readonly broker: readonly BrokerAction[];
  readonly orders: readonly OrderAction[];
  readonly watch: readonly WatchAction[];
}

/** No kill before the first events and none after the last: the run has to end in peace. */
const FIRST_AT = 0.02;
const LAST_AT = 0.97;
/** Share of the orders in whose midst the bridge is killed, in a run with kills. */
const ORDER_KILLS = 0.4;

/**
 * Everything that a run does, from its seed. The lanes run side by side, so that some kills of the bridge meet a broker
 * that is away, or an order that is being carried out. Times are counted in events and not in seconds, so that a slow machine follows the same plan.
 */
export function makePlan(options: ChaosOptions): ChaosPlan {
  const { seed, events, kills, pauses, brokerPauses, brokerKills, leaderMoves, nodes } = options;
  const random = new Random(`${seed}/plan`);
  const bridge = random.shuffled([...times(kills, () => 'kill' as const), ...times(pauses, () => 'pause' as const)]);
  const broker = random.shuffled([
    ...times(brokerPauses, () => 'brokerPause' as const),
    ...times(brokerKills, () => 'brokerKill' as const),
    ...times(leaderMoves, () => 'leaderMove' as const),
  ]);
  return {
    bridge: spread(random, events, bridge).map(({ kind, at }) =>
      kind === 'kill' ? { kind, at, ...drawKill(random) } : { kind, at, forMs: random.between(300, 4_000) },
    ),
    broker: spread(random, events, broker).map(({ kind, at }) => drawBrokerAction(random, kind, at, nodes)),
    // A generator of their own: what else is done is the same with and without operators.
    ...planOperators(new Random(`${seed}/operators`), options),
  };
}

function planOperators(
  random: Random,
  { events, kills, orders, watchChanges }: ChaosOptions,
): Pick<ChaosPlan, 'orders' | 'watch'> {
  const kinds = ['accountPause', 'accountSignOut', 'refresh'] as const;
  const order = random.shuffled(Array.from({ length: orders }, (_, index) => kinds[index % kinds.length] ?? 'refresh'));
  const watch = times(watchChanges, () => 'watchChange' as const);
  return {
    orders: spread(random, events, order).map(({ kind, at }): OrderAction => {
      const killAfterMs = random.chance(kills > 0 ? ORDER_KILLS : 0) ? random.between(20, 300) : null;
      const moment = { at, account: random.next(), killAfterMs };
      if (kind === 'refresh') return { kind, ...moment, user: random.chance(0.5) ? random.next() : null };
      return { kind, ...moment, forMs: random.between(200, 4_000) };
    }),
    watch: spread(random, events, watch).map(({ kind, at }) => {
      const removed = random.between(0, 3);
      return { kind, at, account: random.next(), removed, added: random.between(removed === 0 ? 1 : 0, 3) };
    }),
  };
}

function drawKill(random: Random): { readonly moment: KillMoment; readonly delayMs: number } {
  const moment = random.weighted({ anyTime: 4, afterPoll: 4, afterStart: 2 });
  switch (moment) {
    case 'anyTime':
      return { moment, delayMs: random.between(0, 1_000) };
    case 'afterPoll':
      return { moment, delayMs: random.between(0, 60) };
    case 'afterStart':
      return { moment, delayMs: random.between(0, 2_500) };
  }
}

function drawBrokerAction(random: Random, kind: BrokerAction['kind'], at: number, nodes: number): BrokerAction {
  switch (kind) {
    case 'brokerPause':
      return { kind, at, node: random.between(1, nodes), forMs: random.between(2_000, 7_000) };
    case 'brokerKill':
      return { kind, at, node: random.between(1, nodes), downMs: random.between(500, 4_000) };
    case 'leaderMove':
      return { kind, at, dice: random.next() };
  }
}

/** One item after the other over the run, each somewhere in its share of it. */
function spread<T>(
  random: Random,
  events: number,
  kinds: readonly T[],
): readonly { readonly kind: T; readonly at: number }[] {
  const share = (LAST_AT - FIRST_AT) / Math.max(1, kinds.length);
  return kinds.map((kind, index) => ({
    kind,
    at: Math.round(events * (FIRST_AT + share * (index + random.next()))),
  }));
}

function times<T>(count: number, make: () => T): readonly T[] {
  return Array.from({ length: count }, make);
}
