import { randomBytes } from 'node:crypto';
import process from 'node:process';

import { ChaosUsageError, readOptions, USAGE } from './options.ts';
import { tableOf } from './report.ts';
import { runChaos } from './chaos-run.ts';

/** Runs the chaos of the command line and says what came of it: words to standard error, one JSON line to output. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, randomBytes(4).toString('hex'));
  if (options === null) {
    process.stdout.write(USAGE);
    return 0;
  }
  const startedAt = performance.now();
  const say = (line: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`${seconds.padStart(7)} s  ${line}\n`);
  };
  say(`seed ${options.seed}: repeat this plan with --seed ${options.seed}`);
  const report = await runChaos(options, say, stopSignal());
  process.stderr.write(tableOf(report));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.isGood ? 0 : 1;
}

/** Aborts at the first SIGTERM or SIGINT, so that what was started is ended. */
function stopSignal(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interrupted.abort(new Error(`ended by ${name}`));
    });
  }
  return interrupted.signal;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ChaosUsageError) {
    process.stderr.write(`chaos: ${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`chaos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
