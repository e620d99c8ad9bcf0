import { array, field, optional, record, text, type ValueOf } from '../schema/schema.ts';
import { attributeSchema, headFields } from './head.ts';

export const unknownSchema = record('Unknown', 'An event in its generic form: nothing of it is dropped.', {
  ...headFields,
  namespace: optional(text, 'Namespace of the event element; null for none.'),
  attributes: field(array(attributeSchema), 'All attributes of the event element, in document order.'),
  users: field(array(text), 'Users that the record is about, normalised; each as often as the event names it.'),
  rawXml: field(text, 'XML of the event; of an event about several users only what concerns this one. May be cut.'),
});

export type UnknownRecord = ValueOf<typeof unknownSchema>;
