import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { recordsFiles } from './records-files.ts';

/** Writes `docs/records.md` and `schemas/*.avsc` from the record schemas. A test compares them with what is committed. */
const top = join(import.meta.dirname, '..', '..');
for (const [path, text] of recordsFiles()) {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
  console.log(path);
}
