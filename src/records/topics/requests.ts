import { array, boolean, field, int, long, optional, record, text, type ValueOf } from '../schema/schema.ts';
import { headFields } from './head.ts';

const sipSchema = record('SipResponse', 'What the SIP server answered.', {
  code: optional(int, 'SIP status.'),
  subCode: optional(text, 'Verbatim.'),
  reason: optional(text, 'Verbatim.'),
  detail: optional(text, 'Verbatim.'),
  warning: optional(text, 'Verbatim.'),
  description: optional(text, 'Verbatim.'),
  diagnostics: optional(text, 'ms-diagnostics, verbatim.'),
});

const resultSchema = record('SearchHit', 'A user whom a search found: a directory entry, no presence.', {
  uri: optional(text, 'Normalised.'),
  uriRaw: optional(text, 'Verbatim, like all below.'),
  displayName: optional(text, 'Verbatim.'),
  title: optional(text, 'Verbatim.'),
  office: optional(text, 'Verbatim.'),
  phone: optional(text, 'phone or workPhone.'),
  homePhone: optional(text, 'Verbatim.'),
  cellPhone: optional(text, 'Verbatim.'),
  otherPhone: optional(text, 'Verbatim.'),
  company: optional(text, 'Verbatim.'),
  city: optional(text, 'Verbatim.'),
  state: optional(text, 'A postal state, not presence.'),
  country: optional(text, 'Verbatim.'),
  email: optional(text, 'email or emailAlias.'),
});

export const requestsSchema = record('Request', 'What became of a request.', {
  ...headFields,
  outcome: field(text, 'accepted, succeeded, failed, rejected, invalid, unknown.'),
  method: optional(text, 'The request, by its name on the wire; null if the rid is not ours.'),
  errorCode: optional(int, 'Code of the server.'),
  errorName: optional(text, 'Its documented name; null if there is none.'),
  subCode: optional(int, 'Verbatim.'),
  reason: optional(text, 'Verbatim.'),
  detail: optional(text, 'Verbatim; or the description of an older server.'),
  exceptionType: optional(text, 'Of older servers.'),
  exceptionDetail: optional(text, 'Of older servers.'),
  sip: optional(sipSchema, 'What the SIP server answered; of several the first, the others are in extensions.'),
  hasSignInData: field(boolean, 'Whether sign-in data came with it, which is never published.'),
  acceptedSid: optional(text, 'Session id that the answer gave.'),
  acceptedUri: optional(text, 'URI of the account that the answer gave, normalised.'),
  pollWaitTimeRaw: optional(text, 'Verbatim.'),
  confIdRaw: optional(text, 'Conversation or imId that the answer gave, verbatim.'),
  concerns: field(array(text), 'Users that the request was about, normalised.'),
  results: field(array(resultSchema), 'searchResult: what was found.'),
  returned: optional(int, 'searchResult: how many, by the server.'),
  moreAvailable: optional(boolean, 'searchResult: whether there are more.'),
  durationMs: optional(long, 'From our request to this answer; null if the rid is not ours.'),
});

export type RequestsRecord = ValueOf<typeof requestsSchema>;
