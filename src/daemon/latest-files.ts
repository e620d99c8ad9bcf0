import { LatestFiles } from '../config/latest-files.ts';
import type { Log } from '../lib/log.ts';

/** Files that are looked at on each use; what becomes of them is logged, and `onBadCount` told how many are bad. */
export function loggedFiles(log: Log, onBadCount: (count: number) => void = () => undefined): LatestFiles {
  const files: LatestFiles = new LatestFiles((file, err) => {
    onBadCount(files.badCount);
    if (err === null) log.info({ file }, 'secret or certificate file was read anew');
    else log.warn({ file, err }, 'secret or certificate file cannot be used: its last content counts on');
  });
  return files;
}
