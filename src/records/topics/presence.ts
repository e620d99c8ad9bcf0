import { categorySchema } from '../categories/category.ts';
import { rawCategorySchema } from '../categories/raw-category.ts';
import {
  array,
  boolean,
  field,
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

const previousSchema = record('PreviousAvailability', 'What was known before.', {
  availability: optional(long, 'The number.'),
  availabilityName: optional(text, 'Its name.'),
  since: optional(timestamp, 'Since when it was known.'),
  durationMs: optional(long, 'For how long it was so.'),
});

/** What dashboards filter on, derived from the one event. */
export const presenceColumns = {
  availability: optional(long, 'Null: the event says nothing. Never means offline.'),
  availabilityName: optional(
    text,
    'Unknown, Available, AvailableIdle, Busy, BusyIdle, DoNotDisturb, BeRightBack, Away, Offline.',
  ),
  activityToken: optional(text, 'First activity token of the chosen state.'),
  activityText: optional(text, 'First text of its own among the activities of the chosen state.'),
  deviceType: optional(text, 'Device of the chosen state.'),
  location: optional(text, 'Endpoint location of the chosen state.'),
  note: optional(text, 'The newest note; empty is a fact.'),
  noteType: optional(text, 'personal, OOF; open set.'),
  displayName: optional(text, 'First that is not empty, lowest instance of the contact card; the five below alike.'),
  title: optional(text, 'See displayName.'),
  department: optional(text, 'See displayName.'),
  company: optional(text, 'See displayName.'),
  office: optional(text, 'See displayName.'),
  email: optional(uriText, 'See displayName.'),
  manual: optional(boolean, 'The chosen state was set by hand.'),
  statePublishedAt: optional(timestamp, 'When the chosen state was published.'),
  lastActiveAt: optional(timestamp, 'When the user was last active, by the chosen state.'),
  stateStartAt: optional(timestamp, 'Since when the chosen state holds.'),
} as const;

export type PresenceColumns = ValuesOf<typeof presenceColumns>;

export const presenceSchema = record(
  'Presence',
  'What one event says about the presence of one user. The chosen state is, of the states with an availability, ' +
    'instance 1 before instance 0 before the newest before the last.',
  {
    ...headFields,
    isSelf: field(boolean, "True for the account's view of itself."),
    sourceNetwork: optional(text, 'domain, sameEnterprise, publicCloud, federated; open set.'),
    iconUri: optional(text, 'Verbatim.'),
    subscriptionState: optional(text, 'subscribed, retrying, terminated; open set.'),
    categoryNames: field(array(text), 'Categories that the event speaks about, each once.'),
    clearedCategories: field(array(text), 'Of these, the ones that are empty now: the deletion signal.'),
    ...presenceColumns,
    previous: optional(previousSchema, 'What was known before; only when availabilityName changed.'),
    categories: field(array(categorySchema), 'Everything, typed, in document order.'),
    rawCategories: field(array(rawCategorySchema), 'Custom categories, in document order.'),
  },
);

export type PresenceRecord = ValueOf<typeof presenceSchema>;
