import { randomBytes } from 'node:crypto';
import process from 'node:process';

import { ChaosUsageError, readOptions, USAGE } from './options.ts';
import { tableOf } from './report.ts';
import { runChaos } from './chaos-run.ts';

/** One run as the command line wants it: words go to standard error, one JSON line to standard output. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
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
  const report = await runChaos(options, say, signal);
  process.stderr.write(tableOf(report));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.isGood ? 0 : 1;
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second one ends the program at once; what it started ends with it all the same.
  process.once(name, () => {
    interrupted.abort();
  });
}
try {
  process.exitCode = await main(process.argv.slice(2), interrupted.signal);
} catch (error) {
  if (error instanceof ChaosUsageError) {
    process.stderr.write(`chaos: ${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`chaos: ${interrupted.signal.aborted ? 'ended before its verdict' : text}\n`);
    process.exitCode = 1;
  }
}
