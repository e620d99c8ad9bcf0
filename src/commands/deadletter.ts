import { BridgeError, messageOf } from '../lib/errors.ts';
import { readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { replayLetters } from './dead-letters/replay-letters.ts';
import { checkAccount, filterOf, SELECTION_HELP, SELECTION_OPTIONS } from './dead-letters/selection.ts';
import { showLetters, writeBody } from './dead-letters/show-letters.ts';

export const deadletter: Command = {
  name: 'deadletter',
  summary: 'shows dead letters, and what they would become now',
  help: `Usage: cwa-bridge deadletter show [--config FILE]… [FILTER]… [--body FILE]
       cwa-bridge deadletter replay [--config FILE]… [FILTER]…

show puts the parts of each dead letter together, compares the digest of its body, and prints one JSON object a line,
without the body. Its field body says how much of the body there is: whole; cut, where the bridge published only the
beginning; absent, where nothing of it is published; incomplete, where parts are missing; damaged, where the digest is
another.

replay reads the bodies that are whole with the settings of now, and prints the records that they would become, one
JSON object a line as normalize does: {topic, key, headers, value}. It publishes nothing: sequence and order belong to
the process that owns the account's shard, which has gone on since. The id of a record is the one that it would have
had, so a program that writes such records elsewhere can leave out those that it has; unless privacy took something out
of the event. Whether an event had been published before is not known to the letter of a whole answer. Current states
and sign-in edges are not derived from what is history.

${SELECTION_HELP}
      --body FILE         show: write the body of the one letter that fits to FILE, as it was received; - is standard
                          output, where nothing else is printed then. What people wrote may be in it.

Exit status: 0 done; 1 no letter has the id, a body is not whole or still cannot be read (the others still go out), a
record of the topic is no dead letter, or Kafka could not be read; 2 invalid configuration or usage.
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
  const configuration = await configurationFor(values.config ?? [], io);
  if (configuration === null) return 2;
  const { body } = values;
  return body === undefined ? showLetters(configuration, filter, io) : writeBody(configuration, filter, body, io);
}

async function replay(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const { values } = readArguments(args, SELECTION_OPTIONS);
  const filter = filterOf(values);
  const configuration = await configurationFor(values.config ?? [], io);
  if (configuration === null) return 2;
  checkAccount(filter, configuration);
  return replayLetters(configuration, filter, io);
}
