import { parseArgs } from 'node:util';

/** What is measured, and for how long. */
export interface BenchOptions {
  readonly sessions: number;
  readonly shards: number;
  readonly eventsPerAnswer: readonly number[];
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Folder for CPU profiles of the pipeline; null: none are made. */
  readonly profileFolder: string | null;
  /** Only what one process makes of bytes; no Kafka is needed. */
  readonly isParsingOnly: boolean;
}

export const HELP = `Usage: npm run bench [-- OPTION]…

Measures how many events a second the bridge moves from a CWA server into Kafka, as a ratio to what kafkajs alone does
with the very same records, and to the design that one would write first. The contestants take turns, each in a
process of its own; the table shows the medians over the rounds.

  --sessions N         Sessions of the bridge and of the naive design. Default 8.
  --shards N           kafka.shards of the bridge. Default 1: with many sessions to a shard, as in production.
  --events LIST        Events an answer. Default 1,10,100.
  --rounds N           Default 3.
  --warm-up SECONDS    Before each measurement. Default 4.
  --seconds SECONDS    Of each measurement. Default 5.
  --profile FOLDER     Write a CPU profile of each run of the bridge there.
  --parse              Only from bytes to records in one process, beside fast-xml-parser; without Kafka.
  --help

Kafka is the first that is there: KAFKA_BROKERS, a container engine, a local Apache Kafka.
Standard output: the table and one line of JSON. Standard error: what is going on.
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
export function readOptions(args: readonly string[]): BenchOptions | null {
  const values = parse(args);
  if (values.help) return null;
  return {
    sessions: wholeNumber('sessions', values.sessions),
    shards: wholeNumber('shards', values.shards),
    eventsPerAnswer: values.events.split(',').map((part) => wholeNumber('events', part)),
    rounds: wholeNumber('rounds', values.rounds),
    warmUpSeconds: wholeNumber('warm-up', values['warm-up']),
    seconds: wholeNumber('seconds', values.seconds),
    profileFolder: values.profile ?? null,
    isParsingOnly: values.parse,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        sessions: { type: 'string', default: '8' },
        shards: { type: 'string', default: '1' },
        events: { type: 'string', default: '1,10,100' },
        rounds: { type: 'string', default: '3' },
        'warm-up': { type: 'string', default: '4' },
        seconds: { type: 'string', default: '5' },
        profile: { type: 'string' },
        parse: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
      strict: true,
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`--${name} "${text}" is no whole number from 1`);
}
