/**
 * JSON as it was written: integers are `bigint`, so that none loses digits beyond 2^53. Other numbers are JavaScript's.
 */
export type ExactJson = null | boolean | string | number | bigint | readonly ExactJson[] | ExactObject;

export interface ExactObject {
  readonly [key: string]: ExactJson;
}

/** @throws {@link SyntaxError} if the text is no JSON. */
export function parseExactJson(text: string): ExactJson {
  // The third parameter is in ECMAScript, but not yet in TypeScript's library.
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? exactNumber(value, context?.source ?? '') : value;
  return JSON.parse(text, exact) as ExactJson;
}

/** `1`, `1.0` and `1e0` are one number. */
function exactNumber(value: number, source: string): number | bigint {
  if (/^-?\d+$/.test(source)) return BigInt(source);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

export function isExactObject(value: ExactJson | undefined): value is ExactObject {
  return typeof value === 'object' && value !== null && !isExactList(value);
}

export function isExactList(value: ExactJson | undefined): value is readonly ExactJson[] {
  return Array.isArray(value);
}

/** On one line, without blanks. As deep as the value is, which the parser has limited. */
export function exactJsonText(value: ExactJson): string {
  if (typeof value === 'bigint') return String(value);
  if (isExactList(value)) return `[${value.map(exactJsonText).join(',')}]`;
  if (!isExactObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${exactJsonText(member)}`);
  return `{${members.join(',')}}`;
}
