import process from 'node:process';

import { runDemo } from './demo.ts';
import { Interruption } from './interruption.ts';
import { type DemoOptions, HELP, readOptions, UsageError } from './options.ts';
import { Screen } from './screen.ts';

const INTERRUPTED = 130;

/** Returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | null;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`demo: ${error.message}\n\n${HELP}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const screen = new Screen(process.stdout);
  const interruption = new Interruption();
  try {
    return (await runDemo(options, screen, interruption)) ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) {
      screen.verdict('yellow', 'Interrupted: bridge, simulator and Kafka are ended, their files are removed.');
      return INTERRUPTED;
    }
    screen.verdict('red', `FAILED  ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

// A reader that goes away (`| head`) is no failure of ours; what was started ends with this process.
process.stdout.on('error', () => process.exit(0));
// Not by `exitCode`: a socket that is still closing must not keep a process whose work is done.
process.exit(await main(process.argv.slice(2)));
