import { BridgeError, messageOf } from '../lib/errors.ts';
import { readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { orderReplays } from './dead-letters/order-replays.ts';
import { replayLetters } from './dead-letters/replay-letters.ts';
import { checkAccount, filterOf, SELECTION_HELP, SELECTION_OPTIONS } from './dead-letters/selection.ts';
import { showLetters, writeBody } from './dead-letters/show-letters.ts';
import { ORDER_OPTIONS, waitOf } from './orders/order-command.ts';

export const deadletter: Command = {
  name: 'deadletter',
  summary: 'shows dead letters, and publishes what can be read now',
  help: `Usage: cwa-bridge deadletter show [--config FILE]… [FILTER]… [--body FILE]
       cwa-bridge deadletter replay [--config FILE]… [FILTER]… [--force] [--dry-run | --no-wait | --timeout-ms N]

show puts the parts of each dead letter together, compares the digest of its body, and prints one JSON object a line,
without the body. Its field body says how much of the body there is: whole; cut, where the bridge published only the
beginning; absent, where nothing of it is published; incomplete, where parts are missing; damaged, where the digest is
another.

replay has the bridge that owns the account publish what is whole, with the limits and settings that the bridge has
now, exactly once for each order. The records take the next sequence numbers of the account, have origin replay and
warning replayed, and the id that they would have had, so that a consumer can leave out those that it has; unless
privacy took something out of the event. The same letter published twice gives the same ids. Whether an event had been
published before is not known to the letter of a whole answer. Current states and sign-in edges are not derived from
what is history. A letter whose event was published already, with texts cut, is passed over without --force.

${SELECTION_HELP}
      --force             replay: also what was published cut: its records occur again, whole.
      --dry-run           replay: publish nothing; print what the letters would become with this configuration, one
                          JSON object a line as normalize does: {topic, key, headers, value}.
      --no-wait           replay: do not wait until it is carried out.
      --timeout-ms N      replay: wait so long at most for each letter; default 30000.
      --body FILE         show: write the body of the one letter that fits to FILE, as it was received; - is standard
                          output, where nothing else is printed then. What people wrote may be in it.

For each letter replay prints {order, accountId, id, outcome, detail}; see cwa-bridge pause --help about orders.

Exit status: 0 done; 1 no letter has the id, a letter was passed over, is not whole or still cannot be read (the others
still go out), was not replayed in time, a record of the topic is no dead letter, or Kafka could not be read; 2 invalid
configuration or usage.
`,
  async run([action, ...args], io) {
    if (action !== 'show' && action !== 'replay') {
      const given = action === undefined || action.startsWith('-') ? 'nothing' : `"${action}"`;
      throw new UsageError(`${given} is neither show nor replay; write deadletter show or deadletter replay`);
    }
    try {
      return await (action === 'show' ? show(args, io) : replay(args, io));
    } catch (error) {
      if (!(error instanceof BridgeError) && !io.signal.aborted) throw error;
      io.stderr.write(`cwa-bridge deadletter ${action}: ${messageOf(error)}\n`);
      return 1;
    }
  },
};

async function show(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const { values } = readArguments(args, { ...SELECTION_OPTIONS, body: { type: 'string' } });
  const filter = filterOf(values);
  const configuration = await configurationFor(values.config ?? [], io, 'kafka');
  if (configuration === null) return 2;
  const { body } = values;
  return body === undefined ? showLetters(configuration, filter, io) : writeBody(configuration, filter, body, io);
}

async function replay(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const { values } = readArguments(args, {
    ...SELECTION_OPTIONS,
    ...ORDER_OPTIONS,
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  });
  const filter = filterOf(values);
  const timeoutMs = waitOf(values);
  const isDryRun = values['dry-run'] === true;
  const configuration = await configurationFor(values.config ?? [], io, isDryRun ? 'everything' : 'kafka');
  if (configuration === null) return 2;
  checkAccount(filter, configuration);
  if (isDryRun) return replayLetters(configuration, filter, io);
  return orderReplays(configuration, filter, { isForced: values.force === true, timeoutMs }, io);
}
