import type { ElementReader } from '../reading/element-reader.ts';
import { readText } from '../reading/element-reader.ts';
import {
  array,
  boolean,
  field,
  optional,
  record,
  text,
  timestamp,
  uriText,
  type ValueOf,
  verbatimText,
} from '../schema/schema.ts';
import { normalizeUri } from '../uri.ts';
import { localTextSchema, readLocalText } from './local-text.ts';

/** Category `contactCard` (events-and-categories §7.3). A person's card is spread over several instances. */
const addressSchema = record('Address', 'A postal address.', {
  type: optional(text, 'work, home, other.'),
  street: optional(text, 'Verbatim.'),
  city: optional(text, 'Verbatim.'),
  state: optional(text, 'Verbatim.'),
  zipcode: optional(text, 'Verbatim.'),
  countryCode: optional(text, 'Verbatim.'),
});

export const phoneSchema = record('Phone', 'A telephone number.', {
  type: optional(text, 'work, home, mobile, other, custom1; open set.'),
  uri: optional(uriText, 'Normalised; null for a bare tel:.'),
  uriRaw: optional(verbatimText, 'Verbatim.'),
  displayString: optional(verbatimText, 'As it is shown.'),
});

const urlSchema = record('Url', 'A link.', {
  type: optional(text, 'sharepoint, voicemail, photo, other.'),
  url: field(text, 'Verbatim.'),
});

const photoSchema = record('Photo', 'A picture of the user.', {
  type: optional(text, 'default, enterprise, other, exchange.'),
  uri: optional(text, 'Verbatim.'),
  hash: optional(text, 'Verbatim.'),
});

export const contactCardSchema = record('ContactCard', 'Body of the category contactCard.', {
  updated: optional(timestamp, 'When the directory entry was updated.'),
  updatedRaw: optional(text, 'Verbatim, where updated does not say all of it.'),
  isUcEnabled: optional(boolean, 'isUCEnabled.'),
  displayName: field(array(localTextSchema), 'identity/name/displayName.'),
  email: field(array(uriText), 'identity/email.'),
  company: field(array(localTextSchema), 'In document order.'),
  department: field(array(localTextSchema), 'In document order.'),
  title: field(array(localTextSchema), 'In document order.'),
  office: field(array(localTextSchema), 'In document order.'),
  description: field(array(localTextSchema), 'In document order.'),
  addresses: field(array(addressSchema), 'In document order.'),
  phones: field(array(phoneSchema), 'In document order.'),
  urls: field(array(urlSchema), 'In document order.'),
  automaton: optional(boolean, 'Not a person.'),
  type: optional(text, 'person, huntgroup, autoattendant, automaton.'),
  displayAdPhoto: optional(boolean, 'displayADPhoto.'),
  photos: field(array(photoSchema), 'In document order.'),
});

export type ContactCard = ValueOf<typeof contactCardSchema>;

export function readContactCard(reader: ElementReader): ContactCard {
  const updated = reader.time('updated');
  const identities = reader.all('identity', (identity) => ({
    names: identity.all('name', (name) => name.all('displayName', readLocalText)).flat(),
    emails: identity.all('email', readText),
  }));
  return {
    updated: updated.at,
    updatedRaw: updated.raw,
    isUcEnabled: reader.boolean('isUCEnabled'),
    displayName: identities.flatMap(({ names }) => names),
    email: identities.flatMap(({ emails }) => emails),
    company: reader.all('company', readLocalText),
    department: reader.all('department', readLocalText),
    title: reader.all('title', readLocalText),
    office: reader.all('office', readLocalText),
    description: reader.all('description', readLocalText),
    addresses: reader.all('address', readAddress),
    phones: reader.all('phone', readPhone),
    urls: reader.all('url', (url) => ({ type: url.token('type'), url: url.text() })),
    automaton: reader.childBoolean('automaton'),
    type: reader.childToken('type'),
    displayAdPhoto: reader.childBoolean('displayADPhoto'),
    photos: reader.all('photo', readPhoto),
  };
}

function readAddress(reader: ElementReader): ValueOf<typeof addressSchema> {
  return {
    type: reader.token('type'),
    street: reader.childText('street'),
    city: reader.childText('city'),
    state: reader.childText('state'),
    zipcode: reader.childText('zipcode'),
    countryCode: reader.childText('countryCode'),
  };
}

export function readPhone(reader: ElementReader): ValueOf<typeof phoneSchema> {
  const uriRaw = reader.childText('uri');
  const { uri, warnings } = normalizeUri(uriRaw ?? '');
  // A bare `tel:` is what a server writes for no number: nothing is amiss.
  if (warnings.includes('odd-uri')) reader.findings.warn('odd-uri');
  return {
    type: reader.token('type'),
    uri,
    uriRaw,
    displayString: reader.childText('displayString'),
  };
}

function readPhoto(reader: ElementReader): ValueOf<typeof photoSchema> {
  return { type: reader.token('type'), uri: reader.childText('uri'), hash: reader.childText('hash') };
}
