import { array, boolean, field, int, optional, record, text, type ValueOf } from '../schema/schema.ts';
import { headFields } from './head.ts';

const actionFields = {
  action: optional(text, 'added, updated, deleted; open set. Null in a full list.'),
  actionRaw: optional(text, 'The same as it stood in the event.'),
} as const;

const groupSchema = record('Group', 'A group of the contact list.', {
  id: optional(int, 'Number inside the list.'),
  name: optional(text, '~ is the default group, with all contacts.'),
  externalUri: optional(text, 'Distribution group, verbatim.'),
  ...actionFields,
});

const contactSchema = record('Contact', 'An entry of the contact list.', {
  uri: optional(text, 'Normalised.'),
  uriRaw: optional(text, 'Verbatim.'),
  name: optional(text, 'Name that the account gave; often empty.'),
  subscribed: optional(boolean, 'Whether the account watches the presence.'),
  tag: optional(boolean, "Whether the account wants to be told of the contact's changes."),
  groupIds: field(array(int), 'Groups that the contact is in.'),
  ...actionFields,
});

const subscriberSchema = record('Subscriber', 'Somebody who watches the account.', {
  uri: optional(text, 'Normalised.'),
  uriRaw: optional(text, 'Verbatim.'),
  displayName: optional(text, 'Verbatim.'),
  sourceNetwork: optional(text, 'domain, sameEnterprise, publicCloud, federated; open set.'),
  acknowledged: optional(boolean, 'Whether the account has acknowledged it.'),
});

const memberSchema = record('Member', 'Who is in a container.', {
  type: optional(text, 'uri, domain, sameEnterprise, federated, publicCloud, everyone; open set.'),
  value: optional(text, 'Verbatim.'),
  uri: optional(text, 'Normalised value of a member of the type uri.'),
});

const containerSchema = record('Container', 'An access level with all its members: it replaces what was known of it.', {
  id: optional(int, 'Number of the container.'),
  idName: optional(text, 'Default, Self, Public, Company, Team, Personal, Block; null for any other.'),
  members: field(array(memberSchema), 'In document order; none: nobody is in it.'),
});

const searchPolicySchema = record('SearchPolicy', 'How the directory is searched.', {
  defaultFunction: optional(text, 'Verbatim.'),
  defaultFields: optional(text, 'Digits, verbatim: leading zeros count.'),
});

const composingTimersSchema = record('ComposingTimers', 'Timers of typing notices; the unit is not documented.', {
  refreshIntervalRaw: optional(text, 'Verbatim.'),
  timeoutRaw: optional(text, 'Verbatim.'),
});

const configurationSchema = record('ServerConfiguration', 'Policy of the server for the account.', {
  search: field(array(searchPolicySchema), 'In document order, like all below.'),
  enableAppearOffline: field(array(boolean), 'Whether one may appear offline.'),
  imComposingTimers: field(array(composingTimersSchema), 'As documented, one.'),
  customAuthLogoffUrl: field(array(text), 'Verbatim.'),
  userNotice: field(array(text), 'Verbatim.'),
});

export const contactsSchema = record('Contacts', 'Lists and policies of an account.', {
  ...headFields,
  fullList: optional(boolean, 'contactGroup: true replaces the list, false changes it. Null for the other types.'),
  fullListRaw: optional(text, 'The same, verbatim; null if the event did not say.'),
  deltaNum: optional(int, 'contactGroup: version of the list.'),
  groups: field(array(groupSchema), 'contactGroup.'),
  contacts: field(array(contactSchema), 'contactGroup.'),
  subscribers: field(array(subscriberSchema), 'subscribers: not certainly all of them.'),
  containers: field(array(containerSchema), 'containers.'),
  configuration: optional(configurationSchema, 'configuration.'),
});

export type ContactsRecord = ValueOf<typeof contactsSchema>;
