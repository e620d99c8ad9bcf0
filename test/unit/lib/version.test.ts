import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { version } from '../../../src/lib/version.ts';

test('the version is that of the package', async () => {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(version()).toBe((JSON.parse(text) as { readonly version: string }).version);
  expect(version()).toMatch(/^\d+\.\d+\.\d+/);
});
