import { connectRegistry } from '../daemon/schema-registry.ts';
import { systemClock } from '../lib/clock.ts';
import { BridgeError, messageOf } from '../lib/errors.ts';
import { formatReport } from '../verify/report-table.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { ValueReader } from '../daemon/value-reader.ts';
import { type Verification, verifyTopics } from './verify-topics.ts';
import { connectQuietly } from './quiet-kafka.ts';

/** The counts are complete; of what went wrong the first few tell the story. */
const VIOLATIONS_SHOWN = 20;

export const verify: Command = {
  name: 'verify',
  summary: 'proves from the topics that nothing is lost, twice or out of order',
  help: `Usage: cwa-bridge verify [--config FILE]… [--since TIME]

Reads the data topics of this configuration (committed records only, up to their ends as they are now) and proves that

  - sequence is contiguous from 1 in each generation of each account, over all topics, without a hole or a duplicate,
    up to what the progress topic says was published;
  - no id occurs twice, but on records that say so by origin replay;
  - in each partition the records of an account ascend by (generation, sequence), and each key is in its one partition;
  - every gap is closed by a snapshotEnded with its gapId;
  - every value can be read and has the whole head. What is Avro is read with the schemas of kafka.schemaRegistry.

It may run beside the daemon. A gap that is open because a session is just being opened counts as a violation: verify
again when its snapshot has ended. It cannot see that the last records of a generation are missing, unless it is the
account's current one.

${CONFIG_HELP}
      --since TIME        ISO 8601, such as 2009-03-02T08:15:00Z. Records before it (by their timestamp) are not read.

With --since, and where retention has deleted records, sequence numbers that may be on older records are not judged,
and their number is told. After progress import: --since the time of the export.

Standard error: a table. Standard output: one line of JSON with the verdict, all counts and the first ${String(VIOLATIONS_SHOWN)} violations.

Exit status: 0 all proved, 1 a violation, or Kafka or the registry could not be read, 2 invalid configuration or usage.
`,
  async run(args, io) {
    const { values } = readArguments(args, { ...CONFIG_OPTION, since: { type: 'string' } });
    const sinceMs = values.since === undefined ? null : timeOf(values.since);
    const configuration = await configurationFor(values.config ?? [], io, 'kafka');
    if (configuration === null) return 2;
    const kafka = connectQuietly(configuration, io);
    const registry = await connectRegistry(configuration);
    try {
      const { signal } = io;
      const limits = { sinceMs, violationsMax: VIOLATIONS_SHOWN };
      const values = new ValueReader(registry);
      return show(await verifyTopics({ kafka, values, configuration, ...limits, clock: systemClock, signal }), io);
    } catch (error) {
      if (!(error instanceof BridgeError) && !io.signal.aborted) throw error;
      io.stderr.write(`cwa-bridge verify: ${messageOf(error)}\n`);
      return 1;
    } finally {
      await kafka.close();
      await registry?.close();
    }
  },
};

/** The table for people, the line for machines. */
function show({ judgedFromMs, report }: Verification, io: CommandIo): ExitStatus {
  const { isFlawless, ...rest } = report;
  if (judgedFromMs !== null) io.stderr.write(`${horizonText(judgedFromMs)}\n\n`);
  io.stderr.write(formatReport(report));
  const judgedFrom = judgedFromMs === null || !Number.isFinite(judgedFromMs) ? null : timeText(judgedFromMs);
  const holes = judgedFromMs === null ? 'all' : judgedFrom === null ? 'none' : 'since';
  const verdict = isFlawless ? 'flawless' : 'violated';
  io.stdout.write(`${JSON.stringify({ verdict, holesJudged: holes, judgedFrom, ...rest })}\n`);
  return isFlawless ? 0 : 1;
}

function horizonText(judgedFromMs: number): string {
  if (Number.isFinite(judgedFromMs)) {
    return `Not everything was read: missing sequence numbers are judged from ${timeText(judgedFromMs)} on.`;
  }
  return (
    'Missing sequence numbers are not judged: retention has cut a topic, and not by age alone, so it cannot be told ' +
    'how old the deleted records are. Verify with --since.'
  );
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`--since "${text}" is not a time; write it as 2009-03-02T08:15:00Z`);
  return time;
}
