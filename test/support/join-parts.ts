type Json = Readonly<Record<string, unknown>>;

/**
 * Rebuilds a record from its parts as `docs/records.md` says ("Parts"), knowing neither the schema nor the program
 * that split it: every array is appended to its like, everything else stands in every part.
 *
 * @param parts in the order of `part`.
 */
export function joinParts(parts: readonly Json[]): Json {
  const [first = {}, ...further] = parts;
  const whole = further.reduce((joined, part) => {
    const warnings = part.warnings as readonly string[];
    const levels = warnings.filter((code) => code.startsWith('continued-')).length;
    const { head, body } = divided(part);
    const before = divided(joined);
    return { ...joinRows(before.head, head, { levels: 0 }), ...joinRows(before.body, body, { levels }) };
  }, first);
  const warnings = (whole.warnings as readonly string[]).filter((code) => !code.startsWith('continued-'));
  return { ...whole, warnings, part: 0, parts: 1, id: first.id, sequence: first.sequence };
}

/** The head ends with `raw`. */
function divided(row: Json): { readonly head: Json; readonly body: Json } {
  const fields = Object.entries(row);
  const end = fields.findIndex(([name]) => name === 'raw') + 1;
  return { head: Object.fromEntries(fields.slice(0, end)), body: Object.fromEntries(fields.slice(end)) };
}

/** @param open how many levels of items still go on: used up by the first array that is not empty. */
function joinRows(before: Json, after: Json, open: { levels: number }): Json {
  const joined = Object.entries(after).map(([name, value]) => [name, joinValues(before[name], value, open)] as const);
  return Object.fromEntries(joined);
}

function joinValues(before: unknown, after: unknown, open: { levels: number }): unknown {
  if (Array.isArray(before) && Array.isArray(after)) return joinArrays(before, after, open);
  if (isRow(before) && isRow(after)) return joinRows(before, after, open);
  return after;
}

function joinArrays(before: readonly unknown[], after: readonly unknown[], open: { levels: number }): unknown[] {
  const { levels } = open;
  if (levels === 0 || after.length === 0) return [...before, ...after];
  open.levels = 0;
  const last = joinValues(before.at(-1), after[0], { levels: levels - 1 });
  return [...before.slice(0, -1), last, ...after.slice(1)];
}

function isRow(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
