import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a body takes beyond the process that holds it. */
export interface PeakFigures {
  readonly bodyBytes: number;
  readonly readPeakBytes: number;
  readonly normalizedPeakBytes: number;
}

/** The peaks of `peak.ts`; null where there is no `/proc` to read them from. */
export async function measurePeaks(): Promise<PeakFigures | null> {
  if (process.platform !== 'linux') return null;
  const program = fileURLToPath(new URL('peak.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
  return JSON.parse(stdout) as PeakFigures;
}

export function describePeaks({ bodyBytes, normalizedPeakBytes, readPeakBytes }: PeakFigures): string {
  const times = (bytes: number): string => `${(bytes / bodyBytes).toFixed(1)} ×`;
  return (
    `A body of ${(bodyBytes / 1e6).toFixed(0)} MB takes at its peak, beside itself: ` +
    `${times(readPeakBytes)} its size for the tree, ${times(normalizedPeakBytes)} for tree and records`
  );
}
