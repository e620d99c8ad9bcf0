import { parseArgs } from 'node:util';

/** How large a run is and what happens in it. */
export interface ChaosOptions {
  /** Decides when what happens; the same seed gives the same plan. */
  readonly seed: string;
  /** Changes that the simulated users make; snapshots come on top. */
  readonly events: number;
  /** Over how long the simulated users make them. What is done to the bridge and to Kafka keeps step with them. */
  readonly seconds: number;
  /** `kill -9` of the bridge. */
  readonly kills: number;
  /** SIGSTOP and SIGCONT of the bridge. */
  readonly pauses: number;
  /** SIGSTOP and SIGCONT of a broker. */
  readonly brokerPauses: number;
  /** `kill -9` of a broker, and its restart. Needs three nodes. */
  readonly brokerKills: number;
  /** Leaderships moved to another replica. Needs three nodes. */
  readonly leaderMoves: number;
  /** Accounts paused or signed out for a while, and refreshed, as an operator does. */
  readonly orders: number;
  /** Changes of watch files. */
  readonly watchChanges: number;
  readonly accounts: number;
  readonly nodes: 1 | 3;
  /** How the bridge writes its records; Avro needs a schema registry, which is started too. */
  readonly format: 'json' | 'avro';
  /** How often a poll meets a fault of the link, from 0 to 1. */
  readonly faultRate: number;
  /** Where the bridge's log is kept; null: nowhere. */
  readonly logFile: string | null;
}

/** The acceptance run. */
const ONE_NODE = {
  events: 100_000,
  seconds: 720,
  kills: 100,
  pauses: 20,
  brokerPauses: 5,
  brokerKills: 0,
  leaderMoves: 0,
  orders: 40,
  watchChanges: 40,
} as const;
/** What one broker hides: leaders, replication, elections. */
const THREE_NODES = {
  events: 20_000,
  seconds: 300,
  kills: 20,
  pauses: 4,
  brokerPauses: 2,
  brokerKills: 10,
  leaderMoves: 10,
  orders: 15,
  watchChanges: 15,
} as const;

export const USAGE = `Usage: npm run chaos [-- OPTION…]

Runs the bridge against the simulator and a local Kafka while it is killed and frozen, the broker too, and the link to
the server cuts, delays and repeats answers. Operators meanwhile pause accounts, sign them out and in again, refresh
them, and change watch files. Afterwards Kafka's own console consumer must yield every event that was
handed over exactly once and in order, no poll may have acknowledged what was not committed, each order must have been
carried out once, and whoever is on a list must be subscribed.

  --seed TEXT          repeats the plan of an earlier run (default: drawn, and printed)
  --nodes 1|3          Kafka nodes (1)
  --events N           changes in all (${String(ONE_NODE.events)}; with three nodes ${String(THREE_NODES.events)})
  --seconds N          over how long they are made; a slow machine takes longer (${String(ONE_NODE.seconds)}; ${String(THREE_NODES.seconds)})
  --kills N            kill -9 of the bridge (${String(ONE_NODE.kills)}; ${String(THREE_NODES.kills)})
  --pauses N           SIGSTOP and SIGCONT of the bridge (${String(ONE_NODE.pauses)}; ${String(THREE_NODES.pauses)})
  --broker-pauses N    SIGSTOP and SIGCONT of a broker (${String(ONE_NODE.brokerPauses)}; ${String(THREE_NODES.brokerPauses)})
  --broker-kills N     kill -9 and restart of a node, three nodes only (${String(THREE_NODES.brokerKills)})
  --leader-moves N     leaderships moved, three nodes only (${String(THREE_NODES.leaderMoves)})
  --orders N           pauses and sign-outs, each with its resume, and refreshes (${String(ONE_NODE.orders)}; ${String(THREE_NODES.orders)})
  --watch-changes N    changes of watch files (${String(ONE_NODE.watchChanges)}; ${String(THREE_NODES.watchChanges)})
  --no-operators       neither orders nor watch files: the lists are in the configuration
  --accounts N         service accounts (6)
  --fault-rate N       chance that a poll meets a fault of the link, 0 to 1 (0.15)
  --format json|avro   how records are written; avro starts a schema registry, by which they are read (json)
  --log FILE           keeps the bridge's log of all its starts

Exit status: 0 nothing lost, duplicated, reordered or done twice, 1 a violation or a failure, 2 wrong options.
`;

/** Wrong arguments; the message says which. */
export class ChaosUsageError extends Error {
  override readonly name = 'ChaosUsageError';
}

/**
 * Reads the command line. Null when help is asked for.
 *
 * @param drawnSeed the seed of a run that names none.
 * @throws {@link ChaosUsageError} for anything that is no option or has no sense.
 */
export function readOptions(args: readonly string[], drawnSeed: string): ChaosOptions | null {
  const values = parse(args);
  if (values.help === true) return null;
  const nodes = values.nodes ?? '1';
  if (nodes !== '1' && nodes !== '3') throw new ChaosUsageError(`--nodes must be 1 or 3, not "${nodes}"`);
  const format = values.format ?? 'json';
  if (format !== 'json' && format !== 'avro')
    throw new ChaosUsageError(`--format must be json or avro, not "${format}"`);
  const defaults = nodes === '1' ? ONE_NODE : THREE_NODES;
  const options: ChaosOptions = {
    seed: values.seed ?? drawnSeed,
    nodes: nodes === '1' ? 1 : 3,
    format,
    events: count('events', values.events, defaults.events),
    seconds: Math.max(1, count('seconds', values.seconds, defaults.seconds)),
    kills: count('kills', values.kills, defaults.kills),
    pauses: count('pauses', values.pauses, defaults.pauses),
    brokerPauses: count('broker-pauses', values['broker-pauses'], defaults.brokerPauses),
    brokerKills: count('broker-kills', values['broker-kills'], defaults.brokerKills),
    leaderMoves: count('leader-moves', values['leader-moves'], defaults.leaderMoves),
    ...operators(values, defaults),
    accounts: Math.max(1, count('accounts', values.accounts, 6)),
    faultRate: rate(values['fault-rate'] ?? '0.15'),
    logFile: values.log ?? null,
  };
  if (options.nodes === 1 && options.brokerKills + options.leaderMoves > 0)
    throw new ChaosUsageError('--broker-kills and --leader-moves need --nodes 3');
  return options;
}

function operators(
  values: ReturnType<typeof parse>,
  defaults: Pick<ChaosOptions, 'orders' | 'watchChanges'>,
): Pick<ChaosOptions, 'orders' | 'watchChanges'> {
  const { orders, 'no-operators': hasNone, 'watch-changes': watchChanges } = values;
  if (hasNone === true && (orders ?? watchChanges) !== undefined)
    throw new ChaosUsageError('--no-operators leaves no --orders and no --watch-changes');
  return {
    orders: hasNone === true ? 0 : count('orders', orders, defaults.orders),
    watchChanges: hasNone === true ? 0 : count('watch-changes', watchChanges, defaults.watchChanges),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        'no-operators': { type: 'boolean' },
        ...{
          seed: text,
          nodes: text,
          events: text,
          seconds: text,
          kills: text,
          pauses: text,
          accounts: text,
          'fault-rate': text,
          log: text,
          format: text,
        },
        ...{ 'broker-pauses': text, 'broker-kills': text, 'leader-moves': text, 'watch-changes': text, orders: text },
      },
    });
    return values;
  } catch (error) {
    throw new ChaosUsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,8}$/.test(text)) throw new ChaosUsageError(`--${name} must be a whole number, not "${text}"`);
  return Number(text);
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new ChaosUsageError(`--fault-rate must be a number from 0 to 1, not "${text}"`);
}
