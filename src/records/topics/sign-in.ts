import {
  boolean,
  field,
  idText,
  long,
  optional,
  record,
  text,
  timestamp,
  type ValueOf,
  type ValuesOf,
} from '../schema/schema.ts';
import { headFields } from './head.ts';

/** What an edge says (records §5). */
const signInFields = {
  subject: field(text, 'user: subjectUri, who is watched; account: accountUri, whose session it is.'),
  edge: field(
    text,
    'signedIn, signedOut; baseline: known for the first time, or again as it was before, so nothing happened; lost: not known any more.',
  ),
  state: field(text, 'in, out or unknown, from now on.'),
  previousState: field(text, 'The same before.'),
  certainty: field(text, 'observed: seen as it happened; inferred: found out later, somewhere between the two times.'),
  causeRecordId: field(idText, 'id of the record that says so: of cwa.presence, for an account of cwa.operations.'),
  at: field(timestamp, 'When it was learnt.'),
  earliestAt: optional(timestamp, 'It happened at this time or later; null if nothing was known before.'),
  latestAt: field(timestamp, 'It happened at this time or before.'),
  previousSince: optional(timestamp, 'Since when previousState was known; null if nothing was.'),
  previousDurationMs: optional(long, 'For how long; null if nothing was known.'),
  availability: optional(long, 'Of the user, by that record.'),
  previousAvailability: optional(long, 'What was known before.'),
  isFlap: field(boolean, 'A signedIn after a time out that was shorter than signin.flapMs.'),
  gapId: optional(text, 'The gap that it was found out after.'),
} as const;

export const signInSchema = record('SignIn', 'A user or an account signed in or out, as far as that can be known.', {
  ...headFields,
  ...signInFields,
});

export type SignInFacts = ValuesOf<typeof signInFields>;
export type SignInRecord = ValueOf<typeof signInSchema>;
