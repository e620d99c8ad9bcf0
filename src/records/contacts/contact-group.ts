import type { ElementReader } from '../reading/element-reader.ts';
import { readUri } from '../reading/read-uri.ts';
import { parseBoolean, parseInteger } from '../reading/values.ts';
import {
  array,
  boolean,
  field,
  int,
  optional,
  record,
  text,
  uriText,
  type ValueOf,
  type ValuesOf,
  verbatimText,
} from '../schema/schema.ts';

/**
 * Event `contactGroup` (events-and-categories §4.3): the account's contact list, whole after the sign-in and then change
 * by change. A gap in `deltaNum` means that the list is not known until the next whole one.
 */
const actionFields = {
  action: optional(
    text,
    'added, updated, deleted (for the `delete` of early servers, too); open set. Null in full lists.',
  ),
  actionRaw: optional(text, 'The same as it stood in the event.'),
} as const;

const groupSchema = record('Group', 'A group of the contact list.', {
  id: optional(int, 'Number inside the list.'),
  name: optional(text, '~ is the default group, with all contacts.'),
  externalUri: optional(uriText, 'Distribution group, verbatim.'),
  ...actionFields,
});

const contactSchema = record(
  'Contact',
  'An entry of the contact list; a deleted one has only its URI and the action.',
  {
    uri: optional(uriText, 'Normalised.'),
    uriRaw: optional(verbatimText, 'Verbatim.'),
    name: optional(text, 'Name that the account gave; often empty.'),
    subscribed: optional(boolean, 'Whether the account watches the presence.'),
    tag: optional(boolean, "Whether the account wants to be told of the contact's changes."),
    groupIds: field(array(int), 'Groups that the contact is in, in document order.'),
    groupsRaw: optional(
      text,
      'The same as it stood in the event; null if it said nothing of groups, empty if there is none.',
    ),
    ...actionFields,
  },
);

/** The fields of the contacts topic that only this event fills. */
export const contactGroupFields = {
  fullList: optional(
    boolean,
    'contactGroup: true replaces the list; false, also where the event did not say, changes it. Null if it could not be read, and for the other types.',
  ),
  fullListRaw: optional(text, 'The same, verbatim; null if the event did not say.'),
  deltaNum: optional(int, 'contactGroup: version of the list.'),
  groups: field(array(groupSchema), 'contactGroup: in document order.'),
  contacts: field(array(contactSchema), 'contactGroup: in document order.'),
} as const;

type ContactGroup = ValuesOf<typeof contactGroupFields>;
type Contact = ValueOf<typeof contactSchema>;
type Action = ValuesOf<typeof actionFields>;

export function readContactGroup(reader: ElementReader): ContactGroup {
  return {
    ...readFullList(reader),
    deltaNum: reader.integer('deltaNum'),
    groups: reader.all('group', readGroup),
    contacts: reader.all('contact', readContact),
  };
}

function readFullList(reader: ElementReader): Pick<ContactGroup, 'fullList' | 'fullListRaw'> {
  const fullListRaw = reader.attribute('fullList');
  if (fullListRaw === null) return { fullList: false, fullListRaw };
  const fullList = parseBoolean(fullListRaw);
  if (fullList === null) reader.keepUnread('@fullList', fullListRaw, 'bad-boolean');
  return { fullList, fullListRaw };
}

function readGroup(reader: ElementReader): ValueOf<typeof groupSchema> {
  return {
    id: reader.integer('id'),
    name: reader.attribute('name'),
    externalUri: reader.attribute('externalUri'),
    ...readAction(reader),
  };
}

function readContact(reader: ElementReader): Contact {
  return {
    ...readUri(reader, 'uri'),
    name: reader.attribute('name'),
    subscribed: reader.boolean('subscribed'),
    tag: reader.boolean('tag'),
    ...readGroupIds(reader),
    ...readAction(reader),
  };
}

/** Integers between blanks, often with a blank at the end. If one of them is no integer the whole text is kept. */
function readGroupIds(reader: ElementReader): Pick<Contact, 'groupIds' | 'groupsRaw'> {
  const groupsRaw = reader.attribute('groups');
  if (groupsRaw === null) return { groupIds: [], groupsRaw };
  const tokens = groupsRaw.split(/[ \t\r\n]+/).filter((token) => token !== '');
  const groupIds = tokens.map(parseInteger).filter((id) => id !== null);
  if (groupIds.length < tokens.length) reader.keepUnread('@groups', groupsRaw, 'bad-number');
  return { groupIds, groupsRaw };
}

/** What is known by name, however it is written (§8.4, §9); every other word stays as it is. */
const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['added', 'added'],
  ['updated', 'updated'],
  ['deleted', 'deleted'],
  ['delete', 'deleted'],
]);

function readAction(reader: ElementReader): Action {
  const actionRaw = reader.attribute('action');
  if (actionRaw === null) return { action: null, actionRaw };
  const word = actionRaw.trim();
  return { action: ACTIONS.get(word.toLowerCase()) ?? word, actionRaw };
}
