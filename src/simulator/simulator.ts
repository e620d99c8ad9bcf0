/**
 * A Communicator Web Access server for tests, demonstrations and trials: sign-in, tickets, sessions, the exact rules
 * of `ackId`, a seeded population whose presence changes, and faults on demand. It keeps a ledger of what it handed
 * over, to be compared with what arrived elsewhere.
 *
 * It shares wire *names* with the client and nothing else: requests are read by a reader of its own, answers
 * are written from its own model, and digests are made from that model and never from a document.
 */

import { writeFile } from 'node:fs/promises';

import { messageOf } from '../lib/errors.ts';
import type { Faults } from './faults.ts';
import { HttpServer } from './http-server.ts';
import type { Ledger } from './ledger.ts';
import { resolveOptions, type ResolvedOptions, type SimulatorOptions } from './options.ts';
import type { PresenceUpdate } from './population.ts';
import { SimulatorListenError, SimulatorOptionError } from './simulator-error.ts';
import type { RawEvent } from './session.ts';
import { userElement, userPresence } from './user-presence.ts';
import { World, type Stats } from './world.ts';
import type { Element } from './xml-node.ts';

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** What was created and handed over. Outlives sessions and restarts. */
  readonly ledger: Ledger;
  /** The counts now. */
  readonly stats: Stats;
  /** Arms and takes back faults. */
  readonly faults: Faults;
  /** How many seeded changes are still to come, over all accounts; `Infinity` without a total. */
  readonly changesLeft: number;
  /** Breaks all connections and forgets sessions and tickets; the same port again after `delayMs` (default 0). */
  restart(delayMs?: number): Promise<void>;
  /**
   * Changes what is published about a user, who need not be of the population, and tells every session that watches.
   *
   * @returns how many sessions were told.
   */
  setPresence(uri: string, update: PresenceUpdate): number;
  /**
   * Gives an event to every live session of an account. The eid is added: as an attribute of an element, and for
   * `{eid}` in text.
   *
   * @returns how many sessions got it.
   */
  pushEvent(accountUri: string, event: Element | RawEvent): number;
  /**
   * Makes seeded changes for the newest live session of an account at once, whatever the rate: so that a measurement
   * finds its events ready.
   *
   * @returns how many were made: 0 without a session that watches someone.
   */
  createChanges(accountUri: string, count: number): number;
  /** Whom the newest live session of an account has subscribed to, in lower case; null if there is none. */
  subscriptionsOf(accountUri: string): readonly string[] | null;
  /** Ends every live session of an account, as if the server had lost it. Returns their number. */
  loseSessions(accountUri: string): number;
  /** Ends sockets, and writes the ledger if a file was named. */
  close(): Promise<void>;
}

/**
 * Starts a simulator.
 *
 * @throws {@link SimulatorListenError} if the port cannot be had, {@link SimulatorOptionError} if the ledger's file
 * cannot be written.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  if (resolved.ledgerFile !== null) await beginLedgerFile(resolved.ledgerFile);
  const world = new World(resolved);
  const server = new HttpServer(world);
  await listen(server, resolved);
  return {
    url: `http://${hostName(resolved.host)}:${String(server.port)}`,
    port: server.port,
    ledger: world.ledger,
    faults: world.faults,
    get stats() {
      return world.stats;
    },
    get changesLeft() {
      return world.changesLeft;
    },
    restart: (delayMs = 0) => server.restart(delayMs),
    setPresence: (uri, update) => setPresence(world, uri, update),
    pushEvent: (accountUri, event) => pushEvent(world, accountUri, event),
    createChanges: (accountUri, count) => world.createChanges(accountUri, count),
    subscriptionsOf: (accountUri) => subscriptionsOf(world, accountUri),
    loseSessions: (accountUri) => loseSessions(world, accountUri),
    close: () => close(world, server),
  };
}

async function listen(server: HttpServer, { host, port }: ResolvedOptions): Promise<void> {
  try {
    await server.listen(port);
  } catch (error) {
    const what = `The simulator cannot listen on ${host} port ${String(port)} (${messageOf(error)})`;
    throw new SimulatorListenError(`${what}: choose another --port, or 0 for a free one.`, error);
  }
}

/** Empties the file now: that it cannot be written should not come out at the end. */
async function beginLedgerFile(path: string): Promise<void> {
  try {
    await writeFile(path, '');
  } catch (error) {
    const what = `The ledger cannot be written to ${path} (${messageOf(error)})`;
    throw new SimulatorOptionError(`${what}: name a file in a folder that exists.`);
  }
}

function setPresence(world: World, uri: string, update: PresenceUpdate): number {
  world.sweep();
  const { user, categories } = world.population.set(uri, update);
  const now = world.clock.now();
  const watchers = world.registry.watchersOf(uri);
  for (const session of watchers) session.emit(userPresence([userElement(user, categories, now)]), now);
  return watchers.length;
}

function pushEvent(world: World, accountUri: string, event: Element | RawEvent): number {
  world.sweep();
  const sessions = world.registry.ofAccount(accountUri);
  for (const session of sessions) {
    if ('xml' in event) session.emitRaw(event, world.clock.now());
    else session.emit(event, world.clock.now());
  }
  return sessions.length;
}

function subscriptionsOf(world: World, accountUri: string): readonly string[] | null {
  const session = world.registry.ofAccount(accountUri).at(-1);
  return session === undefined ? null : [...session.subscriptions];
}

function loseSessions(world: World, accountUri: string): number {
  const sessions = world.registry.ofAccount(accountUri);
  for (const session of sessions) world.registry.end(session, 'lost');
  return sessions.length;
}

async function close(world: World, server: HttpServer): Promise<void> {
  await server.close();
  world.sweep();
  world.registry.endAll('closed');
  if (world.options.ledgerFile !== null) await world.ledger.writeTo(world.options.ledgerFile);
}

function hostName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
