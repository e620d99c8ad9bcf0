import { schemaFiles } from '../../src/records/topics/avsc.ts';
import { recordsPage } from './records-page.ts';

/** Every file that is generated from the record schemas: its path from the top of the checkout, and its text. */
export function recordsFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/records.md', recordsPage()],
    ...[...schemaFiles()].map(([name, text]): [string, string] => [`schemas/${name}`, text]),
  ]);
}
