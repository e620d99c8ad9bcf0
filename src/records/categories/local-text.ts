import type { ElementReader } from '../reading/element-reader.ts';
import { field, int, optional, record, text, type ValueOf } from '../schema/schema.ts';

export const localTextSchema = record('LocalText', 'A text with the language that it is in.', {
  lcid: optional(int, 'Windows locale identifier.'),
  text: field(text, 'Verbatim.'),
});

export type LocalText = ValueOf<typeof localTextSchema>;

export function readLocalText(reader: ElementReader): LocalText {
  return { lcid: reader.integer('LCID'), text: reader.text() };
}
