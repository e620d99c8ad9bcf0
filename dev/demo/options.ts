import { parseArgs } from 'node:util';

/** How the demo is to run. */
export interface DemoOptions {
  /** Changes of presence that the simulator makes; snapshots and the like come on top. */
  readonly events: number;
  /** Go on until Ctrl-C instead of ending after `events`. */
  readonly isKept: boolean;
}

const DEFAULT_EVENTS = 3_000;

export const HELP = `Usage: npm run demo [-- OPTION]…

Starts Kafka, a CWA simulator and the bridge on this machine, lets events flow for some twenty seconds, and proves at
the end that every event is in Kafka exactly once.

  --events N   Changes of presence to move. Default ${String(DEFAULT_EVENTS)}.
  --keep       Keep the events flowing until Ctrl-C, to look around; the proof comes then.
  --help

Kafka is the first that is there: KAFKA_BROKERS=host:port[,…] in the environment, a container engine, or Apache Kafka
from its Maven artifacts (Java 17; downloaded once). Ctrl-C ends everything that was started; what the demo put into a
Kafka of yours is removed.

Exit status: 0 proven, 1 failed, 2 wrong options, 130 ended by Ctrl-C.
`;

/** The arguments are wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @returns null if help is asked for.
 * @throws {@link UsageError}
 */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { events, help, keep } = parse(args);
  if (help) return null;
  const count = events === undefined ? DEFAULT_EVENTS : Number(events);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageError(`--events "${String(events)}" is no whole number from 1`);
  return { events: count, isKept: keep };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: 'string' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
      strict: true,
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
