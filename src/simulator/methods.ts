import { errorElement } from './replies.ts';
import { urisOf, type RequestElement } from './request-reader.ts';
import { emitOutcome, openSession, snapshotOf, subscribe } from './session-events.ts';
import type { FaultSpec } from './faults.ts';
import type { Session } from './session.ts';
import type { World } from './world.ts';
import { plain, type Element } from './xml-node.ts';

/** The methods that are accepted and succeed without doing more (transport §10). In lower case. */
const ACCEPTED_METHODS: ReadonlySet<string> = new Set([
  'publishselfpresence',
  'publishrawcategories',
  'search',
  'addcontact',
  'updatecontact',
  'deletecontact',
  'addgroup',
  'updategroup',
  'deletegroup',
  'updatecontainer',
  'conference',
]);

/** The methods of a session that do something. In lower case. */
const SERVED_METHODS: ReadonlySet<string> = new Set([
  'subscribepresence',
  'unsubscribepresence',
  'querypresence',
  'acknowledgesubscriber',
  'terminatesession',
]);

/** What one POST is about: its session changes when a method of it opens or ends one. */
export interface CommandContext {
  readonly world: World;
  readonly accountUri: string;
  session: Session | null;
  /** The fault that is to come in place of success, on the data channel; null: none. */
  readonly refusal: FaultSpec | null;
  /** How many elements were not methods. */
  unexpected: number;
}

/** Carries out one method and gives its answer (transport §5, §10). */
export function perform(context: CommandContext, method: RequestElement): Element {
  const name = method.name.toLowerCase();
  const rid = method.attributes.get('rid') ?? '';
  if (!method.attributes.has('rid')) return invalid(rid, `${method.name} has no rid.`);
  if (name === 'initiatesession') return initiate(context, rid);
  const { session } = context;
  if (!isMethod(name)) {
    context.unexpected += 1;
    return invalid(rid, `${method.name} is not a method.`);
  }
  if (session === null) {
    return plain('requestRejected', { rid }, [errorElement(18100, 'Session not found', 'The session has ended.')]);
  }
  if (name === 'terminatesession') return terminate(context, session, rid);
  return performInSession(context, session, method, rid);
}

function isMethod(name: string): boolean {
  return SERVED_METHODS.has(name) || ACCEPTED_METHODS.has(name);
}

function performInSession(
  { refusal, world }: CommandContext,
  session: Session,
  method: RequestElement,
  rid: string,
): Element {
  const name = method.name.toLowerCase();
  const uris = urisOf(method);
  if (SERVED_METHODS.has(name) && uris.length === 0) return rejected(rid, 'The request names no uri.');
  const unprefixed = uris.find((uri) => !/^sip:/i.test(uri));
  if (unprefixed !== undefined) return rejected(rid, `The uri ${unprefixed} does not begin with sip:.`);
  switch (name) {
    case 'subscribepresence':
      subscribe(world, session, uris);
      break;
    case 'unsubscribepresence':
      for (const uri of uris) world.registry.unsubscribe(session, uri);
      break;
    case 'querypresence':
      session.emit(snapshotOf(world, uris), world.clock.now());
      break;
    case 'acknowledgesubscriber':
      world.acknowledge(session.accountUri, uris);
      break;
    default:
      break;
  }
  emitOutcome(world, session, rid, refusal);
  return plain('requestAccepted', { rid });
}

/** Both documented shapes (transport §4); the first one is what a live server wrote. */
function initiate(context: CommandContext, rid: string): Element {
  const { world, accountUri } = context;
  const session = openSession(world, accountUri, rid, context.refusal);
  context.session = session;
  const pollWaitTime = String(world.options.pollWaitTimeMs);
  if (world.options.initiateAnswer === 'initiateSessionAccepted') {
    return plain('initiateSessionAccepted', { rid, sid: session.sid, pollWaitTime });
  }
  return plain('requestAccepted', { rid }, [
    plain('sid', {}, session.sid),
    plain('uri', {}, accountUri),
    plain('pollWaitTime', {}, pollWaitTime),
  ]);
}

/** The ticket stays good (transport §8). */
function terminate(context: CommandContext, session: Session, rid: string): Element {
  context.world.registry.end(session, 'terminated');
  context.session = null;
  if (context.world.options.terminateAnswer === 'requestSucceeded') return plain('requestSucceeded', { rid });
  return plain('requestAccepted', { rid }, [plain('sid', {}, session.sid), plain('uri', {}, session.accountUri)]);
}

function invalid(rid: string, detail: string): Element {
  return plain('requestInvalid', { rid }, [errorElement(18001, 'Invalid request', detail)]);
}

function rejected(rid: string, detail: string): Element {
  return plain('requestRejected', { rid }, [errorElement(18000, 'Invalid format', detail)]);
}
