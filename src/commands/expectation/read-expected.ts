import { readFile } from 'node:fs/promises';

import { messageOf } from '../../lib/errors.ts';
import { type ExactJson, type ExactObject, isExactObject, parseExactJson } from '../../lib/exact-json.ts';
import { UsageError } from '../command.ts';

/**
 * Reads what is expected: one JSON object a line, as `normalize` prints them. Empty lines are allowed.
 *
 * @throws {@link UsageError} if the file cannot be read, or a line is no JSON object.
 */
export async function readExpected(file: string): Promise<readonly ExactObject[]> {
  const records: ExactObject[] = [];
  for (const [index, line] of (await textOf(file)).split('\n').entries()) {
    if (line.trim() !== '') records.push(objectOf(line, `${file}, line ${String(index + 1)}`));
  }
  return records;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--expect ${file}: ${messageOf(error)}`);
  }
}

function objectOf(line: string, place: string): ExactObject {
  let json: ExactJson;
  try {
    json = parseExactJson(line);
  } catch (error) {
    throw new UsageError(`--expect ${place}: ${messageOf(error)}`);
  }
  if (!isExactObject(json)) throw new UsageError(`--expect ${place} is no JSON object; write one record a line`);
  return json;
}
