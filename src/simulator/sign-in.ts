import { RESPONSES } from '../cwa/protocol.ts';
import { deliver } from './delivery.ts';
import { bodyOf, htmlReply, xmlReply, type Exchange, type Reply } from './exchange.ts';
import { sufferFault, type Restart } from './fault-replies.ts';
import type { SimulatedAccount } from './options.ts';
import { errorElement, writeDocument } from './replies.ts';
import { childOf, readRequests, RequestError, type RequestElement } from './request-reader.ts';
import { plain } from './xml-node.ts';
import type { World } from './world.ts';

/** The cookie of the load balancer in front, where `affinityCookie` is on. */
const AFFINITY_COOKIE = 'CwaNode';

/** Answers `POST /forms/logon.html` (transport §3.1). */
export async function serveSignIn(world: World, exchange: Exchange, restart: Restart): Promise<void> {
  const logon = readLogon(await bodyOf(exchange));
  const account = logon === null ? null : world.accountWith(textOf(logon, 'user'), textOf(logon, 'password'));
  await answerLogon(world, exchange, restart, { logon, account });
}

/**
 * Answers `POST /iwa/logon.html` (transport §3.2): whoever comes has been authenticated by a web server in front, which
 * says in a header who it is.
 */
export async function serveIntegratedSignIn(world: World, exchange: Exchange, restart: Restart): Promise<void> {
  if (world.options.integratedUserHeader === null) {
    await deliver(exchange, htmlReply('<html><body>Not here.</body></html>', 404), null, world.random);
    return;
  }
  const logon = readLogon(await bodyOf(exchange));
  const user = exchange.request.headers[world.options.integratedUserHeader.toLowerCase()];
  const account = typeof user === 'string' ? world.accountNamed(user) : null;
  await answerLogon(world, exchange, restart, { logon, account });
}

async function answerLogon(
  world: World,
  exchange: Exchange,
  restart: Restart,
  { account, logon }: { readonly logon: RequestElement | null; readonly account: SimulatedAccount | null },
): Promise<void> {
  const uri = logon === null ? '' : textOf(logon, 'uri');
  const isOwnUri = uri === '' || uri.toLowerCase() === account?.uri.toLowerCase();
  const accountUri = account !== null && isOwnUri ? account.uri : null;
  const fault = world.faults.strike('signIn', account?.uri ?? null, (kind) => kind !== 'repeat');
  if (await sufferFault(world, exchange, fault, { accountUri, session: null, rids: [] }, restart)) return;
  world.count(accountUri === null ? 'refused' : 'ok');
  await deliver(exchange, accountUri === null ? refusal(world) : acceptance(world, accountUri), fault, world.random);
}

/** Whether the load balancer would lead this request to the machine that has the sessions. */
export function hasAffinity({ options }: World, { request }: Exchange): boolean {
  return !options.affinityCookie || (request.headers.cookie ?? '').includes(`${AFFINITY_COOKIE}=`);
}

function readLogon(text: string): RequestElement | null {
  try {
    return childOf(readRequests(text), 'logon');
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

function textOf(logon: RequestElement, name: string): string {
  return childOf(logon, name)?.text ?? '';
}

function acceptance({ options, tickets }: World, accountUri: string): Reply {
  const root = plain(RESPONSES, {}, [
    plain('requestSucceeded', { eid: 0 }, [
      plain('uri', {}, accountUri),
      plain(
        'signInData',
        {},
        Buffer.from(`<signInData><workPhone>+45 555</workPhone></signInData>`).toString('base64'),
      ),
    ]),
  ]);
  const reply = xmlReply(writeDocument(root, options), tickets.issue(accountUri));
  if (!options.affinityCookie) return reply;
  return { ...reply, headers: { ...reply.headers, 'Set-Cookie': `${AFFINITY_COOKIE}=n1; path=/; HttpOnly` } };
}

function refusal({ options }: World): Reply {
  if (options.signInRefusal !== 'requestFailed') {
    return htmlReply('<html><body>Access denied.</body></html>', Number(options.signInRefusal));
  }
  const error = errorElement(18201, 'Operation failed', 'The user name or the password is wrong.');
  return xmlReply(writeDocument(plain(RESPONSES, {}, [plain('requestFailed', { rid: '' }, [error])]), options), null);
}
