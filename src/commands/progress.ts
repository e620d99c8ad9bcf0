import type { BridgeConfiguration } from '../config/configuration.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import { BridgeError, messageOf } from '../lib/errors.ts';
import { createLogger } from '../observability/log.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { operandOf, order, ORDER_OPTIONS, waitOf } from './orders/order-command.ts';
import { exportProgress } from './progress/export.ts';
import { checkForgettable } from './progress/forget.ts';
import { importProgress } from './progress/import.ts';
import { showProgress } from './progress/show.ts';
import { connectQuietly } from './quiet-kafka.ts';

type Work = (kafka: KafkajsLog, configuration: BridgeConfiguration) => Promise<ExitStatus>;

const ACTIONS: Readonly<Record<string, (args: readonly string[], io: CommandIo) => Promise<ExitStatus>>> = {
  show,
  export: exportTo,
  import: importFrom,
  forget,
};

export const progress: Command = {
  name: 'progress',
  summary: 'shows, exports, imports or forgets what is committed about accounts',
  help: `Usage: cwa-bridge progress show [ACCOUNT] [--json] [--config FILE]…
       cwa-bridge progress export FILE [--config FILE]…
       cwa-bridge progress import FILE [--replace] [--config FILE]…
       cwa-bridge progress forget ACCOUNT [--no-wait | --timeout-ms N] [--config FILE]…

show prints where each account stands by what is committed: state, generation, session, acknowledgement, last sequence,
open gap, quarantine, refused sign-ins, what operators ordered. A table; with --json one object a line. Nothing secret.

export writes every record of the progress topic to a new FILE (- is standard output), as JSON lines. Stop the bridge
before if the file shall take its place. The file holds the sealed sessions: keep it as you keep passwords.

import writes an export into the progress topic of this configuration, such as that of another cluster: the bridge then
goes on where the export was taken. Number of shards and installation must be the same, and the accounts must not be
there, unless --replace replaces them. It writes as the owner of the shards, each in one transaction: a bridge that runs
on this topic steps down, and must be started anew. Records of data topics are not moved, so verify the new cluster with
--since the time of the export.

forget takes an account that is configured no longer out of the progress: current states of its users end, unless
another account watches them; its generation stays, so that numbers never repeat. The bridge does it, like other orders:
see cwa-bridge pause --help.

${CONFIG_HELP}

Exit status: 0 done; 1 failed, refused, or not carried out in time; 2 invalid configuration or usage.
`,
  async run([action = '', ...args], io) {
    const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (run !== undefined) return run(args, io);
    const given = action === '' || action.startsWith('-') ? 'nothing' : `"${action}"`;
    throw new UsageError(`${given} is none of show, export, import and forget; write progress show`);
  },
};

async function show(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const options = { ...CONFIG_OPTION, json: { type: 'boolean' } } as const;
  const { positionals, values } = readArguments(args, options, { allowPositionals: true });
  const accountId = positionals.length === 0 ? null : operandOf(positionals, 'account');
  return withKafka('show', values.config ?? [], io, (kafka, configuration) =>
    showProgress(kafka, configuration, { accountId, isJson: values.json === true }, io),
  );
}

async function exportTo(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const { positionals, values } = readArguments(args, CONFIG_OPTION, { allowPositionals: true });
  const file = operandOf(positionals, 'file');
  return withKafka('export', values.config ?? [], io, (kafka, configuration) =>
    exportProgress(kafka, configuration, file, io),
  );
}

async function importFrom(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const options = { ...CONFIG_OPTION, replace: { type: 'boolean' } } as const;
  const { positionals, values } = readArguments(args, options, { allowPositionals: true });
  const choice = { file: operandOf(positionals, 'file'), isReplacing: values.replace === true };
  const log = createLogger({ level: 'warn', destination: io.stderr });
  return withKafka('import', values.config ?? [], io, (kafka, configuration) =>
    importProgress(kafka, configuration, choice, log, io),
  );
}

async function forget(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  const { positionals, values } = readArguments(args, ORDER_OPTIONS, { allowPositionals: true });
  const accountId = operandOf(positionals, 'account');
  const timeoutMs = waitOf(values);
  return withKafka('forget', values.config ?? [], io, async (kafka, configuration) => {
    await checkForgettable(kafka, configuration, accountId, io);
    return order(configuration, { accountId, task: { kind: 'forget' }, timeoutMs }, io);
  });
}

async function withKafka(action: string, files: readonly string[], io: CommandIo, work: Work): Promise<ExitStatus> {
  const configuration = await configurationFor(files, io, 'kafka');
  if (configuration === null) return 2;
  const kafka = connectQuietly(configuration, io);
  try {
    return await work(kafka, configuration);
  } catch (error) {
    if (!(error instanceof BridgeError) && !io.signal.aborted) throw error;
    io.stderr.write(`cwa-bridge progress ${action}: ${messageOf(error)}\n`);
    return 1;
  } finally {
    await kafka.close();
  }
}
