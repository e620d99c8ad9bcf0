import {
  array,
  field,
  int,
  long,
  optional,
  record,
  text,
  timestamp,
  uriText,
  type ValueOf,
  type ValuesOf,
} from '../schema/schema.ts';
import { headFields } from './head.ts';

/** What an operation record says; which fields it fills depends on its type. */
const operationFields = {
  reason: optional(text, 'Why: first-start, session-lost, poison, starved, counter-restart, … : open set.'),
  replica: optional(text, 'Which replica says so.'),
  detail: optional(text, 'In words.'),
  gapId: optional(text, 'Joins a gap with the snapshotEnded that closes it.'),
  previousGeneration: optional(long, 'The generation before.'),
  fromEid: optional(long, 'Last event before the gap.'),
  toEid: optional(long, 'First event after the gap.'),
  claim: optional(long, 'Number of the claim of the shard.'),
  fromAckId: optional(text, 'Last acknowledgement, verbatim.'),
  fromAt: optional(timestamp, 'Begin of what is not known.'),
  toAt: optional(timestamp, 'End of what is not known.'),
  users: optional(int, 'How many users it concerns.'),
  missing: field(array(uriText), 'Users that did not arrive.'),
} as const;

export const operationsSchema = record('Operation', 'Something that happened to the bridge itself.', {
  ...headFields,
  ...operationFields,
});

export type OperationFacts = ValuesOf<typeof operationFields>;
export type OperationsRecord = ValueOf<typeof operationsSchema>;
