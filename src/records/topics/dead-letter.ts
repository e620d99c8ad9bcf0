import { digestText, field, int, long, optional, record, text, type ValueOf, verbatimText } from '../schema/schema.ts';
import { headFields } from './head.ts';

export const deadLetterSchema = record('DeadLetter', 'Bytes that could not become records.', {
  ...headFields,
  reason: field(
    text,
    'malformed, doctype, encoding, tooLarge, tooDeep, wrongRoot, html, oversizeRecord, rejectedByBroker.',
  ),
  action: field(text, 'What the bridge did about it.'),
  message: field(text, 'What is wrong, in words.'),
  line: optional(int, 'Where in the body, from 1.'),
  column: optional(int, 'Where in the line, from 1.'),
  httpStatus: optional(int, 'Status of the answer.'),
  contentType: optional(text, 'Media type of the answer.'),
  bodyBytes: optional(long, 'How many bytes of the body arrived.'),
  bodySha256: optional(digestText, 'SHA-256 of the whole body, hexadecimal; null if it was not kept whole.'),
  bodyBase64: optional(verbatimText, 'This part of the body. The parts, decoded and joined, are the body.'),
  attempts: field(int, 'How often it was tried.'),
});

export type DeadLetterRecord = ValueOf<typeof deadLetterSchema>;
