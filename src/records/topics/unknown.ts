import { array, field, long, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';
import { attributeSchema, headFields } from './head.ts';

export const unknownSchema = record(
  'Unknown',
  'An event, or a child of a conference, in its generic form: nothing of it is dropped. Of such a child eventName is ' +
    'the name; eid and what the id is made of are those of the conference, and userIndex goes on from its records.',
  {
    ...headFields,
    confId: optional(long, 'Of a child of a conference: the number of the conversation. Null for an event.'),
    namespace: optional(text, 'Namespace of the element; null for none.'),
    attributes: field(array(attributeSchema), 'All attributes of the element, in document order.'),
    users: field(array(uriText), 'Users that the record is about, normalised; each as often as the element names it.'),
    rawXml: field(
      text,
      'XML of the element; of one about several users only what concerns this one. May be cut. Of a child of a conference without what people wrote, unless privacy.messageContent is keep.',
    ),
  },
);

export type UnknownRecord = ValueOf<typeof unknownSchema>;
