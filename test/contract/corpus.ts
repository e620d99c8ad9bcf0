import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DataRecord } from '../../src/records/topics/topics.ts';
import { recordsOfDocument } from './records-of-document.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'records');

/** The names of all documents that have golden records. */
export const DOCUMENTS: readonly string[] = readdirSync(FIXTURES).filter((name) => name.endsWith('.xml'));

/** The records of one of them. */
export function recordsOf(document: string): readonly DataRecord[] {
  return recordsOfDocument(readFileSync(join(FIXTURES, document)));
}
