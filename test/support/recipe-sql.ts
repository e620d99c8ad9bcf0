import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { recipePython } from './recipe-python.ts';
import { RecipeProcess } from './recipes.ts';

/**
 * As the page has it: the files, one after the other, into DuckDB's command line.
 *
 * @param variables milliseconds since the epoch.
 * @returns the rows of the last statement.
 */
export async function queryRecords(
  folder: string,
  files: readonly string[],
  variables: Readonly<Record<string, number>>,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const settings = Object.entries(variables).flatMap(([name, ms]) => {
    const text = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
    return ['-cmd', `SET VARIABLE ${name} = TIMESTAMP '${text}'`];
  });
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const recipe = RecipeProcess.start(await recipePython(), ['-m', 'duckdb_cli', '-json', ...settings], {
    folder,
    input: texts.join(''),
  });
  expect(await recipe.ended(), recipe.stderr).toBe(0);
  return JSON.parse(recipe.stdout) as readonly Readonly<Record<string, unknown>>[];
}
