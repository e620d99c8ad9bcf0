import { configuration, containers, contactList, selfSnapshot, subscribers } from './account-events.ts';
import type { FaultSpec } from './faults.ts';
import { refusalOf } from './refusals.ts';
import type { User } from './user.ts';
import { unknownUserElement, userElement, userPresence } from './user-presence.ts';
import { WATCHED_CATEGORIES } from './user.ts';
import { plain, type Element } from './xml-node.ts';
import type { Session } from './session.ts';
import type { World } from './world.ts';

/** The largest number of users in one snapshot event. */
const SNAPSHOT_USERS_MAX = 5;

/** Opens a session with the events that follow by themselves (transport §4). */
export function openSession(world: World, accountUri: string, rid: string, refusal: FaultSpec | null): Session {
  const { options, population, registry } = world;
  const session = registry.open(accountUri);
  const now = world.clock.now();
  const contacts = population.first(options.contacts);
  const subscribed = contacts.slice(0, options.subscribedContacts);
  const events = [
    contactList(contacts, subscribed.length),
    selfSnapshot(accountUri, now),
    containers(),
    subscribers((uri) => world.hasAcknowledged(accountUri, uri)),
    configuration(),
  ];
  emitOutcome(world, session, rid, refusal);
  for (const event of events) session.emit(event, now);
  subscribe(
    world,
    session,
    subscribed.map(({ uri }) => uri),
  );
  return session;
}

/** The request has been carried out; or has failed, if a fault says so. */
export function emitOutcome({ clock }: World, session: Session, rid: string, refusal: FaultSpec | null): void {
  const outcome = refusal === null ? plain('requestSucceeded', { rid }) : refusalOf(rid, refusal);
  session.emit(outcome, clock.now());
}

/** Subscribes to users: what is published about them now comes first, then every change (transport §11). */
export function subscribe(world: World, session: Session, uris: readonly string[]): void {
  const { population, registry, random, clock } = world;
  for (const uri of uris) registry.subscribe(session, uri, population.find(uri));
  let from = 0;
  while (from < uris.length) {
    const to = from + random.between(1, SNAPSHOT_USERS_MAX);
    session.emit(snapshotOf(world, uris.slice(from, to)), clock.now());
    from = to;
  }
}

/** One event with everything that is published about these users. */
export function snapshotOf({ population, clock }: World, uris: readonly string[]): Element {
  return userPresence(uris.map((uri) => snapshotElement(population.find(uri), uri, clock.now())));
}

function snapshotElement(user: User | null, uri: string, atMs: number): Element {
  return user === null ? unknownUserElement(uri) : userElement(user, WATCHED_CATEGORIES, atMs);
}
