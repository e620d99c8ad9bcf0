import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGES } from '../../../dev/generate-docs/pages.ts';

test.each(PAGES)('$path is what the code says; if not, run npm run docs:generate', ({ path, render }) => {
  expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(render());
});
