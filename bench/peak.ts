import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import { DEFAULT_DOCUMENT_LIMITS } from '../src/cwa/documents/document-limits.ts';
import { answerOf, normalizeTree, readTree } from './parse-answer.ts';
import type { PeakFigures } from './parse-memory.ts';

/**
 * One body of 50 MB in a process of its own, which must be run with `--expose-gc`. Peaks are the most memory that the
 * process ever had (`VmHWM`, set back before), beyond what it had when it was warm and held the body.
 */
const BODY_BYTES = 50_000_000;
const WARM_UP_ROUNDS = 20;

/** The defaults refuse such a body: it is above `limits.bodyBytesMax`, and its events are too many. */
const LIMITS = { ...DEFAULT_DOCUMENT_LIMITS, bodyBytesMax: 64_000_000, eventsMax: 200_000, nodesMax: 20_000_000 };

function peakBytesOf(run: () => unknown): number {
  // "5" sets the high-water mark back. https://www.kernel.org/doc/html/latest/filesystems/proc.html
  writeFileSync('/proc/self/clear_refs', '5');
  run();
  return 1_024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

for (let round = 0; round < WARM_UP_ROUNDS; round += 1) normalizeTree(readTree(answerOf(1_000)));
const sample = answerOf(10_000);
const body = answerOf(Math.round((10_000 * BODY_BYTES) / sample.length));
globalThis.gc?.();
const before = process.memoryUsage.rss();
const readBytes = peakBytesOf(() => readTree(body, LIMITS));
globalThis.gc?.();
const normalizedBytes = peakBytesOf(() => normalizeTree(readTree(body, LIMITS)));
const figures: PeakFigures = {
  bodyBytes: body.length,
  readPeakBytes: readBytes - before,
  normalizedPeakBytes: normalizedBytes - before,
};
process.stdout.write(JSON.stringify(figures));
