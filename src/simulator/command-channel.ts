import { CWA_NAMESPACE, RESPONSES } from '../cwa/protocol.ts';
import { deliver } from './delivery.ts';
import { bodyOf, ticketOf, xmlReply, type Exchange, type Reply } from './exchange.ts';
import { sufferFault, type Restart } from './fault-replies.ts';
import { perform, type CommandContext } from './methods.ts';
import { errorElement, errorReply, sessionNotFound, ticketRefused, writeDocument } from './replies.ts';
import { namespaceOf, readRequests, RequestError, type RequestElement } from './request-reader.ts';
import { hasAffinity } from './sign-in.ts';
import type { World } from './world.ts';
import { plain } from './xml-node.ts';

/** Answers a POST to the command channel (transport §5). */
export async function serveCommand(world: World, exchange: Exchange, restart: Restart): Promise<void> {
  const { options, tickets, registry } = world;
  world.count('commands');
  const text = await bodyOf(exchange);
  const accountUri = tickets.accountOf(ticketOf(exchange));
  const requests = tryRead(text);
  const sid = requests instanceof RequestError ? '' : (requests.attributes.get('sid') ?? '').trim();
  const session = accountUri === null ? null : registry.find(sid, accountUri);
  const fault = world.faults.strike('command', accountUri, (kind) => kind !== 'repeat');
  const rids = requests instanceof RequestError ? [] : requests.children.map(ridOf);
  if (await sufferFault(world, exchange, fault, { accountUri, session, rids }, restart)) return;
  if (accountUri === null) {
    await deliver(exchange, ticketRefused(options), null, world.random);
  } else if (requests instanceof RequestError) {
    await deliver(exchange, unusable(world, requests.message, accountUri), fault, world.random);
  } else if (!hasAffinity(world, exchange) || (session === null && !isOpening(sid, requests))) {
    await deliver(exchange, sessionNotFound(options, tickets.current(accountUri)), fault, world.random);
  } else {
    const refusal = fault?.kind === 'refusedLater' ? fault : null;
    const reply = performAll({ world, accountUri, session, refusal, unexpected: 0 }, requests);
    await deliver(exchange, reply, fault, world.random);
  }
}

function ridOf({ attributes }: RequestElement): string {
  return attributes.get('rid') ?? '';
}

function tryRead(text: string): RequestElement | RequestError {
  try {
    const requests = readRequests(text);
    if (namespaceOf(requests) === CWA_NAMESPACE) return requests;
    return new RequestError(`cwaRequests is not in the namespace ${CWA_NAMESPACE}`);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

function isOpening(sid: string, requests: RequestElement): boolean {
  const isWithoutSession = sid === '' || sid === '0';
  return isWithoutSession && requests.children[0]?.name.toLowerCase() === 'initiatesession';
}

/** Several methods in one POST: each has an answer of its own. */
function performAll(context: CommandContext, requests: RequestElement): Reply {
  const { world, accountUri } = context;
  const answers = requests.children.map((method) => perform(context, method));
  const attributes = {
    sid: context.session?.sid,
    requestProcessed: answers.length - context.unexpected,
    unexpectedElement: context.unexpected === 0 ? undefined : context.unexpected,
  };
  const root = plain(RESPONSES, attributes, answers);
  return xmlReply(writeDocument(root, world.options), world.tickets.current(accountUri));
}

function unusable({ options, tickets }: World, detail: string, accountUri: string): Reply {
  return errorReply(options, errorElement(18000, 'Invalid format', detail), tickets.current(accountUri));
}
