#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import './lib/require-node.ts';

import process from 'node:process';

import { pause, resume, signOut } from './commands/account-orders.ts';
import { check } from './commands/check.ts';
import type { Command, CommandIo, ExitStatus } from './commands/command.ts';
import { UsageError } from './commands/command.ts';
import { deadletter } from './commands/deadletter.ts';
import { doctor } from './commands/doctor.ts';
import { normalize } from './commands/normalize.ts';
import { progress } from './commands/progress.ts';
import { refresh } from './commands/refresh.ts';
import { run } from './commands/run.ts';
import { schemas } from './commands/schemas.ts';
import { topics } from './commands/topics.ts';
import { verify } from './commands/verify.ts';
import { version } from './lib/version.ts';

const COMMANDS: readonly Command[] = [
  run,
  check,
  doctor,
  normalize,
  topics,
  verify,
  pause,
  resume,
  signOut,
  refresh,
  progress,
  deadletter,
  schemas,
];

const HELP = `Usage: cwa-bridge COMMAND [OPTION]…

Keeps Communicator Web Access sessions alive and publishes every event to Kafka, exactly once and in order.

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

  cwa-bridge COMMAND --help   says more about a command.
  cwa-bridge --version

Exit status: 0 done, 1 failed, 2 invalid configuration or usage.
`;

/** Runs one command. An error that nobody foresaw is shown whole: it is ours to mend. */
async function main([name, ...args]: readonly string[], io: CommandIo): Promise<ExitStatus> {
  if (name === '--version') {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  if (name === 'help' && args[0] !== undefined) return main([args[0], '--help'], io);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? io.stderr : io.stdout).write(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.stderr.write(`cwa-bridge: there is no command "${name}". The commands are listed by cwa-bridge --help.\n`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`cwa-bridge ${name}: ${error.message}\nSee cwa-bridge ${name} --help.\n`);
    return 2;
  }
}

/** How long leftovers may keep the process at the end. */
const LINGER_MS = 2_000;

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process as it would without us. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      controller.abort(new Error(`${name} received`));
    });
  }
  return controller.signal;
}

const { stdout, stderr, stdin, env } = process;
// A reader that goes away (`| head`) is no failure of ours.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.exitCode = await main(process.argv.slice(2), { stdout, stderr, stdin, env, signal: stopSignal() });

// What is left over (a socket that is still closing) must not keep the process: its work is done or recovered.
setTimeout(() => {
  process.exit();
}, LINGER_MS).unref();
