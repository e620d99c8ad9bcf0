import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { provideKafka } from '../dev/kafka/provide.ts';
import { AnswerServer, makeAccounts } from './answer-server.ts';
import type { Ring } from './contest.ts';
import { measuring, type Sample } from './measure.ts';
import { type BenchOptions, HELP, readOptions, UsageError } from './options.ts';
import { compareParsing, describeParsing } from './parse.ts';
import { describePeaks, measurePeaks } from './parse-memory.ts';
import { captureRecords, runPipeline } from './pipeline.ts';
import { type Contestant, CONTESTANTS, type Result, resultOf, tableOf } from './report.ts';
import { runNaive, runRaw } from './rivals.ts';

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** All rounds for one number of events an answer; the contestants take turns. */
async function measureAll(ring: Ring, options: BenchOptions, eventsPerAnswer: number): Promise<Result> {
  const { rounds, seconds, warmUpSeconds } = options;
  const measure = measuring(warmUpSeconds, seconds);
  const captured = await captureRecords(ring, eventsPerAnswer);
  log(`${eventsPerAnswer} events an answer: ${Math.round(captured.bytes / captured.records)} bytes a record`);
  const runs: Record<Contestant, () => Promise<Sample>> = {
    pipeline: () => runPipeline(ring, eventsPerAnswer, measure),
    raw: () => runRaw(ring, captured, false, measure),
    rawTransactional: () => runRaw(ring, captured, true, measure),
    naive: () => runNaive(ring, eventsPerAnswer, measure),
  };
  const samples: Record<Contestant, Sample[]> = { pipeline: [], raw: [], rawTransactional: [], naive: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of CONTESTANTS) {
      const sample = await runs[name]();
      samples[name].push(sample);
      const { cpuUsPerEvent, eventsPerSecond } = sample;
      log(`  round ${round} ${name.padEnd(16)} ${eventsPerSecond.toFixed(0)}/s, ${cpuUsPerEvent.toFixed(0)} µs each`);
    }
  }
  return resultOf({ eventsPerAnswer, samples });
}

async function bench(options: BenchOptions): Promise<void> {
  const parsing = compareParsing();
  const peaks = await measurePeaks();
  process.stdout.write(`${describeParsing(parsing)}\n\n`);
  if (peaks !== null) process.stdout.write(`${describePeaks(peaks)}\n\n`);
  if (options.isParsingOnly) return;
  await using things = new AsyncDisposableStack();
  const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-bench-'));
  things.defer(() => rm(scratch, { recursive: true, force: true }));
  const kafka = await provideKafka({ log });
  things.defer(() => kafka.stop());
  log(kafka.description);
  const accounts = makeAccounts(options.sessions);
  const server = await AnswerServer.start(accounts);
  things.defer(() => server.close());
  const { profileFolder, shards } = options;
  const ring: Ring = { server, accounts, brokers: kafka.brokers, shards, scratch, profileFolder };
  const results: Result[] = [];
  for (const eventsPerAnswer of options.eventsPerAnswer) {
    results.push(await measureAll(ring, options, eventsPerAnswer));
  }
  const { sessions } = options;
  process.stdout.write(
    `Events a second (processor time of one event, µs); sessions: ${sessions}, shards: ${shards}\n\n`,
  );
  process.stdout.write(`${tableOf(results)}\n\n`);
  process.stdout.write(`${JSON.stringify({ sessions, shards, results, parsing, peaks })}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(HELP);
  else await bench(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}
