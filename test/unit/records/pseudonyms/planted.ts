import { createSecretKey } from 'node:crypto';

import { unreachable } from '../../../../src/lib/assert.ts';
import type { PseudonymKey } from '../../../../src/records/pseudonyms/pseudonym.ts';
import type { Schema } from '../../../../src/records/schema/schema.ts';

/** What must be nowhere: neither stands in any text by chance. */
export const LOCAL = 'odokerr7f3a';
export const HOST = 'northpier9c1e.example';
const ADDRESS = `${LOCAL}@${HOST}`;

/** One person in every form that an address has. */
export const ADDRESS_FORMS: readonly string[] = [
  ADDRESS,
  `sip:${ADDRESS}`,
  `SIP:${LOCAL}@${HOST.toUpperCase()}`,
  `sips:${ADDRESS}`,
  `mailto:${ADDRESS}?subject=x`,
  `smtp:${ADDRESS}`,
  `tel:+${LOCAL}`,
  `sip:${ADDRESS};user=phone?x=y`,
  `sip:+1;ext=${LOCAL}@${HOST}`,
  `sip:${LOCAL}%40corp.example@${HOST}`,
  `"Odo Kerr" <sip:${ADDRESS}>;tag=9a`,
  `<user uri="sip:${ADDRESS}"/>`,
  `<uri>${ADDRESS}</uri>`,
  `&lt;sip:${ADDRESS}&gt;`,
  `&quot;${ADDRESS}&quot;`,
  `sip%3A${LOCAL}%40${HOST}`,
  `sip%253A${LOCAL}%2540${HOST}`,
  `https://x.invalid/?cc=${ADDRESS}&b=1`,
  `${LOCAL}&#64;${HOST}`,
  `${LOCAL}&amp;#x40;${HOST}`,
  `${LOCAL}＠${HOST}`,
  `å.${LOCAL}@${HOST}`,
  `${LOCAL}.用户@例え.${HOST}`,
  `o'${LOCAL}@${HOST}`,
  `"${LOCAL} kerr"@${HOST}`,
];

export const KEY: PseudonymKey = { id: '2026-11', key: createSecretKey(Buffer.alloc(32, 7)) };
export const NEXT_KEY: PseudonymKey = { id: '2027-01', key: createSecretKey(Buffer.alloc(32, 8)) };

/** A value with `text` in every field that holds one, however deep, and one item in every list. */
export function plantedIn(schema: Schema, text: string): unknown {
  switch (schema.kind) {
    case 'string':
      return text;
    case 'boolean':
      return true;
    case 'int':
    case 'long':
    case 'timestamp':
      return 1;
    case 'nullable':
      return plantedIn(schema.inner, text);
    case 'array':
      return [plantedIn(schema.items, text)];
    case 'record':
      return Object.fromEntries(Object.entries(schema.fields).map(([name, { type }]) => [name, plantedIn(type, text)]));
    default:
      return unreachable(schema);
  }
}
