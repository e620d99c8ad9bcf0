import { unreachable } from '../../lib/assert.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * A copy of a value in which every text is replaced by what `map` gives for it, in the schema's order.
 *
 * @param path of the value; the paths of texts begin with it: `note`, `categories[3].rawXml`.
 */
export function mapTexts(
  schema: Schema,
  value: unknown,
  path: string,
  map: (text: string, path: string) => string,
): unknown {
  switch (schema.kind) {
    case 'string':
      return map(value as string, path);
    case 'boolean':
    case 'int':
    case 'long':
    case 'timestamp':
      return value;
    case 'nullable':
      return value === null ? null : mapTexts(schema.inner, value, path, map);
    case 'array':
      return (value as readonly unknown[]).map((item, index) => {
        return mapTexts(schema.items, item, `${path}[${String(index)}]`, map);
      });
    case 'record': {
      const row = value as Readonly<Record<string, unknown>>;
      const fields = Object.entries(schema.fields).map(([name, { type }]): readonly [string, unknown] => {
        return [name, mapTexts(type, row[name], path === '' ? name : `${path}.${name}`, map)];
      });
      return Object.fromEntries(fields);
    }
    default:
      return unreachable(schema);
  }
}
