import {
  array,
  boolean,
  field,
  int,
  long,
  optional,
  record,
  text,
  uriText,
  type ValueOf,
  verbatimText,
} from '../schema/schema.ts';
import { headFields } from './head.ts';

const sipSchema = record('SipResponse', 'What the SIP server answered.', {
  code: optional(int, 'SIP status.'),
  subCode: optional(text, 'Verbatim, like all below.'),
  reason: optional(text, 'Or subCode and detail, or warning and description: servers differ.'),
  detail: optional(text, 'See reason.'),
  warning: optional(text, 'See reason.'),
  description: optional(text, 'See reason.'),
  diagnostics: optional(text, 'ms-diagnostics; may hold line breaks.'),
});

const acknowledgementSchema = record('Acknowledgement', 'What became of a call, inside the answer to a request.', {
  name: field(text, 'voIPRedirectSucceeded, voIPReplyWithIMAccepted or voIPTerminateSucceeded.'),
  rid: optional(text, 'Request id, verbatim.'),
  confId: optional(long, 'The conversation.'),
});

const hitSchema = record('SearchHit', 'A user whom a search found: a directory entry, no presence.', {
  uri: optional(uriText, 'Normalised.'),
  uriRaw: optional(verbatimText, 'Verbatim, like all below.'),
  displayName: optional(text, 'Name in the directory.'),
  title: optional(text, 'Position.'),
  office: optional(text, 'Room or building.'),
  phone: optional(uriText, 'phone or workPhone.'),
  homePhone: optional(uriText, 'Number at home.'),
  cellPhone: optional(uriText, 'Mobile number.'),
  otherPhone: optional(uriText, 'Another number.'),
  company: optional(text, 'Employer.'),
  city: optional(text, 'Postal city.'),
  state: optional(text, 'A postal state, not presence.'),
  country: optional(text, 'Postal country.'),
  email: optional(uriText, 'email or emailAlias.'),
});

export const requestsSchema = record('Request', 'What became of a request.', {
  ...headFields,
  outcome: field(
    text,
    'accepted: more follows with the same rid; succeeded; failed; rejected: nothing follows; invalid: not in the schema of the server; unknown is kept for answers that do not tell.',
  ),
  method: optional(text, 'The request, by its name on the wire; null if the rid is not ours or no longer remembered.'),
  errorCode: optional(int, 'Code of the server.'),
  errorName: optional(text, 'Its documented name; null if there is none.'),
  subCode: optional(int, 'Code below errorCode.'),
  reason: optional(text, 'Verbatim; or the warning of an older server.'),
  detail: optional(text, 'Verbatim; or the description of an older server.'),
  exceptionType: optional(text, 'Of the oldest servers, verbatim.'),
  exceptionDetail: optional(text, 'Of the oldest servers, verbatim.'),
  sip: optional(sipSchema, 'What the SIP server answered; of several the first, the others are in extensions.'),
  hasSignInData: field(boolean, 'Whether sign-in data came with it, which is never published.'),
  acceptedSid: optional(text, 'Id of the session that the answer opens or ends.'),
  acceptedUri: optional(uriText, 'URI of the account that the answer gives, normalised.'),
  acceptedUriRaw: optional(verbatimText, 'The same, verbatim.'),
  pollWaitTimeMs: optional(int, 'How long the answer asks to wait between polls.'),
  confId: optional(long, 'Conversation that the answer is about: confId, or imId of an older server.'),
  acknowledgements: field(array(acknowledgementSchema), 'What became of calls, inside requestAccepted.'),
  concerns: field(
    array(uriText),
    'Users that our request was about, normalised. Only in answers of the command channel: an event with the same generation and rid is about the same users.',
  ),
  results: field(array(hitSchema), 'searchResult: what was found.'),
  returned: optional(int, 'searchResult: how many, by the server.'),
  moreAvailable: optional(boolean, 'searchResult: whether there are more.'),
  durationMs: optional(long, 'From our request to this answer by our clock; null like method.'),
});

export type RequestsRecord = ValueOf<typeof requestsSchema>;
export type SearchHit = ValueOf<typeof hitSchema>;
