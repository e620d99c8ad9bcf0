import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { recordsFiles } from '../../dev/generate-docs/records-files.ts';

const TOP = join(import.meta.dirname, '..', '..');

describe('files generated from the record schemas', () => {
  test.each([...recordsFiles()])('%s is current; otherwise run npm run docs:generate', (path, text) => {
    expect(readFileSync(join(TOP, path), 'utf8')).toBe(text);
  });

  test('schemas holds no file of a topic that is gone', () => {
    const generated = [...recordsFiles().keys()].filter((path) => path.startsWith('schemas/'));
    const found = readdirSync(join(TOP, 'schemas')).filter((name) => name.startsWith('cwa.'));
    expect(found.map((name) => `schemas/${name}`).toSorted()).toEqual(generated.toSorted());
  });
});
