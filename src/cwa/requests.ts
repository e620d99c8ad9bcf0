import { XMLBuilder } from 'fast-xml-parser';

import { codePointName, findForbiddenCharacter } from '../lib/xml-characters.ts';
import { UnwritableRequestError } from './errors.ts';
import {
  ACKNOWLEDGE_SUBSCRIBER,
  CWA_NAMESPACE,
  INITIATE_SESSION,
  LOGON,
  QUERY_PRESENCE,
  REQUESTS,
  SUBSCRIBE_PRESENCE,
  TERMINATE_SESSION,
} from './protocol.ts';
import type { UNSUBSCRIBE_PRESENCE, UNSUBSCRIBE_PRESENCE_OTHERWISE } from './protocol.ts';

/**
 * Every request that the bridge sends, as XML text in the one documented form (protocol notes, transport §3.1, §4,
 * §5, §8, §11). fast-xml-parser writes, so that no text of ours is ever pasted into markup; texts that XML cannot
 * carry are refused.
 */

/** The shape that the builder takes: `@name` is an attribute, an array repeats the element, a string is text. */
type Markup = string | { readonly [name: string]: Markup | readonly Markup[] };

export interface LogonRequest {
  /** `DOMAIN\user` or `user@domain`; null where HTTP itself says who signs in (transport §3.2). */
  readonly user: string | null;
  readonly password: string | null;
  /** The account's SIP URI, or null to leave it to the server. */
  readonly uri: string | null;
}

/** The one request without `rid`. */
export function logonRequest({ user, password, uri }: LogonRequest): string {
  const logon = {
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(uri === null ? {} : { uri }),
  };
  return write({ [REQUESTS]: { '@xmlns': CWA_NAMESPACE, [LOGON]: logon } });
}

export interface InitiateSessionRequest {
  readonly rid: string;
  /** Windows locale number; default 1033. */
  readonly localeId?: number;
  /** Chooses between the site's two time-outs; default `private`, the longer one. */
  readonly securityMode?: 'public' | 'private';
  /** First state of the account, 3500 is online; left to the server if absent. */
  readonly userStateAvailability?: number | null;
  /** Whether the server publishes the machine state from the `UA` flag of the polls; default true. */
  readonly autoPublishMachineState?: boolean;
  /** Verbatim from the logon answer, or null. */
  readonly signInData?: string | null;
}

/** There is no session yet: `sid` is 0 (transport §4). */
export function initiateSessionRequest(request: InitiateSessionRequest): string {
  const { userStateAvailability = null, signInData = null } = request;
  const method: Markup = {
    '@rid': request.rid,
    localeId: String(request.localeId ?? 1033),
    securityMode: request.securityMode ?? 'private',
    ...(userStateAvailability === null ? {} : { userStateAvailability: String(userStateAvailability) }),
    options: {
      '@autoPublishMachineState': String(request.autoPublishMachineState ?? true),
      '@autoSubscribePresenceForContacts': 'true',
    },
    ...(signInData === null ? {} : { signInData }),
  };
  return requests('0', INITIATE_SESSION, [method]);
}

export function terminateSessionRequest({ sid, rid }: { readonly sid: string; readonly rid: string }): string {
  return requests(sid, TERMINATE_SESSION, [{ '@rid': rid }]);
}

/** The part of a presence request that one `rid` answers for. */
export interface PresenceRequest {
  readonly rid: string;
  /** SIP URIs, with their scheme: without it a server rejects the request. */
  readonly uris: readonly string[];
}

export interface PresenceRequests {
  readonly sid: string;
  readonly requests: readonly PresenceRequest[];
}

export function subscribePresenceRequest({ sid, requests: list }: PresenceRequests): string {
  return requests(sid, SUBSCRIBE_PRESENCE, list.map(presenceMarkup));
}

/** The same with the spelling that a server understands (transport §14, row 17). */
export interface UnsubscribeRequests extends PresenceRequests {
  readonly method: typeof UNSUBSCRIBE_PRESENCE | typeof UNSUBSCRIBE_PRESENCE_OTHERWISE;
}

export function unsubscribePresenceRequest({ method, sid, requests: list }: UnsubscribeRequests): string {
  return requests(sid, method, list.map(presenceMarkup));
}

export function queryPresenceRequest({ sid, requests: list }: PresenceRequests): string {
  return requests(sid, QUERY_PRESENCE, list.map(presenceMarkup));
}

/** How `acknowledgeSubscriber` names the subscriber: not known, `uri` is the careful choice (transport §14 row 16). */
export type SubscriberForm = 'uri' | 'uris';

/** One subscriber each (transport §11). */
export interface AcknowledgeRequests extends PresenceRequests {
  readonly form: SubscriberForm;
}

export function acknowledgeSubscriberRequest({ form, sid, requests: list }: AcknowledgeRequests): string {
  const markup = form === 'uris' ? presenceMarkup : subscriberMarkup;
  return requests(sid, ACKNOWLEDGE_SUBSCRIBER, list.map(markup));
}

/** No server documents how many URIs it takes at once (transport §14 row 13). */
const URIS_PER_REQUEST = 50;

/** Cuts a list of URIs into requests of at most `urisMax`, each with a rid of its own. */
export function presenceRequestsOf(
  uris: readonly string[],
  nextRid: () => string,
  urisMax: number = URIS_PER_REQUEST,
): readonly PresenceRequest[] {
  const list: PresenceRequest[] = [];
  for (let start = 0; start < uris.length; start += urisMax) {
    list.push({ rid: nextRid(), uris: uris.slice(start, start + urisMax) });
  }
  return list;
}

function presenceMarkup({ rid, uris }: PresenceRequest): Markup {
  return { '@rid': rid, uris: { uri: uris } };
}

function subscriberMarkup({ rid, uris }: PresenceRequest): Markup {
  return { '@rid': rid, uri: uris };
}

function requests(sid: string, method: string, list: readonly Markup[]): string {
  return write({ [REQUESTS]: { '@xmlns': CWA_NAMESPACE, '@sid': sid, [method]: list } });
}

// The same builder is also published on its own; the parser package carries it along, and one package is enough.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: false,
  processEntities: true,
});

/**
 * The builder leaves white space as it is, but a reader would turn a carriage return into a line feed and, in
 * attributes, all of it into blanks (XML 1.0 §2.11, §3.3.3): the password would be another one. Written without
 * indentation, every such character belongs to a value.
 *
 * @throws {@link UnwritableRequestError} if a text holds a character that XML cannot carry.
 */
function write(document: Markup): string {
  refuseForbiddenCharacters(document);
  return builder.build(document).replace(/[\t\n\r]/g, (space) => `&#${String(space.charCodeAt(0))};`);
}

function refuseForbiddenCharacters(document: Markup): void {
  const waiting: (readonly [name: string, value: Markup | readonly Markup[]])[] = [['', document]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [name, value] = next;
    if (typeof value !== 'string') {
      for (const [key, child] of Object.entries(value)) waiting.push([Array.isArray(value) ? name : key, child]);
      continue;
    }
    const found = findForbiddenCharacter(value);
    if (found === null) continue;
    const codePoint = codePointName(found.codePoint);
    const place = `character ${String(found.index + 1)} of "${name}" is ${codePoint}`;
    throw new UnwritableRequestError(`${place}, which XML cannot carry; change it on the server and here`, {
      field: name,
      codePoint,
    });
  }
}
