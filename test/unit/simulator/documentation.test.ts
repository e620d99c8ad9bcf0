import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { FAULT_KINDS, MALFORMATIONS } from '../../../src/simulator/faults.ts';
import { OPTION_TABLE, type TableOption } from '../../../src/simulator/option-table.ts';
import { DEFAULTS } from '../../../src/simulator/options.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/simulator.md'), 'utf8');

function defaultOf(name: TableOption): string {
  const value = DEFAULTS[name];
  if (value === null) return 'none';
  return value === Infinity ? 'unlimited' : String(value);
}

describe('docs/simulator.md', () => {
  test.each(Object.keys(OPTION_TABLE) as TableOption[])('names the option %s with its default', (name) => {
    expect(page).toContain(`| \`${name}\` | ${defaultOf(name)} |`);
  });

  test.each(FAULT_KINDS)('describes the fault %s', (kind) => {
    expect(page).toContain(`| \`${kind}\` | `);
  });

  test('lists every malformation', () => {
    for (const malformation of MALFORMATIONS) expect(page).toContain(`\`${malformation}\``);
  });
});
