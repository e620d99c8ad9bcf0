import { stat } from 'node:fs/promises';

import type { BridgeConfiguration } from '../../config/configuration.ts';
import { secretFilesOf } from '../../config/secret-files.ts';
import { codeOf } from './network.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

/** Rights of group and others. */
const NOT_MINE = 0o077;

/** Whether files with secrets can be read by others than the user of the bridge. What is in them `check` looks at. */
export async function checkFileRights(configuration: BridgeConfiguration): Promise<readonly Verdict[]> {
  const files = secretFilesOf(configuration);
  const verdicts = [];
  for (const { file, path } of files) verdicts.push(await verdictOnFile(path, file));
  const amiss = verdicts.filter((verdict) => verdict !== null);
  const count = verdicts.length;
  if (amiss.length > 0) return amiss;
  return [
    ok(count === 0 ? 'no secret comes from a file' : `${String(count)} secret files, readable by their owner alone`),
  ];
}

/** Null if nothing is amiss. */
async function verdictOnFile(setting: string, file: string): Promise<Verdict | null> {
  try {
    const { mode } = await stat(file);
    if ((mode & NOT_MINE) === 0) return null;
    const rights = (mode & 0o777).toString(8).padStart(4, '0');
    return warning(
      'file-readable',
      `${file} (\`${setting}\`) can be used by others than its owner (mode ${rights})`,
      `\`chmod 0400 ${file}\`; in Kubernetes \`defaultMode: 0400\`, or leave it where only this pod mounts it`,
    );
  } catch (error) {
    const remedy = `give the user of the bridge the right to read it, or correct \`${setting}\``;
    return failed('file-unreadable', `${file} cannot be looked at (${codeOf(error)})`, remedy);
  }
}
