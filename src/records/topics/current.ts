import {
  boolean,
  field,
  idText,
  long,
  optional,
  record,
  text,
  timestamp,
  uriText,
  type ValueOf,
} from '../schema/schema.ts';
import { presenceColumns } from './presence.ts';

/** Longest text in a column, in UTF-16 code units; what is longer is cut. */
export const CURRENT_TEXT_MAX = 256;

/**
 * The latest state of one user, folded from the presence records of one account (records §4). A state, not an event:
 * it has no head and takes no `sequence`.
 */
export const currentSchema = record(
  'CurrentPresence',
  `The latest that is known of one user. A tombstone: nobody watches the user any longer. A text longer than ${CURRENT_TEXT_MAX} characters is cut; whole it is in the source record.`,
  {
    userUri: field(uriText, 'The user, normalised; also the key.'),
    accountId: field(text, 'Configured name of the account that watches the user.'),
    sourceRecordId: field(idText, 'id of the presence record that brought the last change of the columns.'),
    generation: field(long, 'Of that record.'),
    sequence: field(long, 'Of that record.'),
    sourceNetwork: optional(text, 'domain, sameEnterprise, publicCloud, federated; open set.'),
    iconUri: optional(text, 'Verbatim.'),
    subscriptionState: optional(
      text,
      'subscribed, retrying, terminated; open set. Null: the server said nothing of it since.',
    ),
    ...presenceColumns,
    availability: optional(long, 'The last that was said. Null: none is known; never means offline.'),
    availabilitySince: optional(timestamp, 'Since when availabilityName is known to be this.'),
    noteAt: optional(timestamp, 'Since when the note is known to be this.'),
    updatedAt: field(timestamp, 'When anything here changed last.'),
    signInState: field(text, 'in, out or unknown; see cwa.signin.'),
    signInSince: optional(timestamp, 'Since when that is known; null if nothing ever was.'),
    isStale: field(boolean, 'The subscription is retrying or terminated, or the session has been down for long.'),
    staleSince: optional(timestamp, 'Since when; null if it is not stale.'),
  },
);

export type CurrentRecord = ValueOf<typeof currentSchema>;
