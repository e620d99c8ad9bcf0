#!/usr/bin/env node
import { once } from 'node:events';

import { messageOf } from '../lib/errors.ts';
import { helpText, readCommandLine, readOptionFiles } from './cli.ts';
import { SimulatorOptionError } from './simulator-error.ts';
import { startSimulator } from './simulator.ts';

/** The program `cwa-simulator`: its URL goes to standard output, words to standard error. */
async function main(args: readonly string[]): Promise<number> {
  const command = readCommandLine(args);
  if (command.wants === 'help') {
    process.stdout.write(helpText());
    return 0;
  }
  const options = { ...(await readOptionFiles(command.files)), ...command.options };
  const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const simulator = await startSimulator(options);
  process.stdout.write(`${simulator.url}\n`);
  await stop;
  await simulator.close();
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`cwa-simulator: ${messageOf(error)}\n`);
  process.exitCode = error instanceof SimulatorOptionError ? 2 : 1;
}
