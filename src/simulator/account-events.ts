import { ownDocuments } from './documents/own-documents.ts';
import { ownState } from './documents/state.ts';
import type { Random } from './random.ts';
import type { User } from './user.ts';
import { categoryElement, isoSeconds } from './user-presence.ts';
import { plain, type Element } from './xml-node.ts';

/** The account's whole contact list (events §4.3). The first `subscribed` contacts have a permanent subscription. */
export function contactList(contacts: readonly User[], subscribed: number): Element {
  return plain('contactGroup', { fullList: 'true', deltaNum: 1 }, [
    plain('group', { id: 1, name: '~', externalUri: '' }),
    plain('group', { id: 4, name: 'Harbour & crew', externalUri: '' }),
    ...contacts.map(({ uri }, index) =>
      plain('contact', { uri, name: '', subscribed: String(index < subscribed), tag: 'false', groups: '1 4 ' }),
    ),
  ]);
}

/** A change of the contact list. */
export function contactDelta(user: User, deltaNum: number): Element {
  return plain('contactGroup', { deltaNum }, [
    deltaNum % 2 === 0
      ? plain('contact', {
          uri: user.uri,
          name: user.displayName,
          subscribed: 'false',
          tag: 'true',
          groups: '1 ',
          action: 'updated',
        })
      : plain('contact', { uri: user.uri, action: 'deleted' }),
  ]);
}

/** The states that the account publishes about itself, and an emptied note (events §4.6). */
export function selfPresence(availability: number, version: number, atMs: number): Element {
  const publishTime = isoSeconds(atMs);
  return plain('selfPresence', {}, [
    categoryElement('state', { instance: 536870912, version, publishTime }, ownState('userState', availability)),
    categoryElement('state', { instance: 805306369, version, publishTime }, ownState('machineState', 3500)),
    plain('cwaCategory', { name: 'note' }),
  ]);
}

/** Everything that the account publishes, most of which nobody else sees (events §6.2). */
export function selfSnapshot(accountUri: string, atMs: number): Element {
  const publishTime = isoSeconds(atMs);
  const states = selfPresence(3500, 0, atMs);
  const others = ownDocuments(accountUri).map(({ name, instance, body }) =>
    categoryElement(name, { instance, version: 0, publishTime }, body),
  );
  return { ...states, children: [...states.children, ...others] };
}

/** Access levels and their members (events §4.5). */
export function containers(): Element {
  return plain('containers', {}, [
    plain('container', { id: 300 }, [
      plain('member', { type: 'uri', value: 'sip:maren.holt@northpier.example' }),
      plain('member', { type: 'domain', value: 'litmar.example' }),
    ]),
    plain('container', { id: 32000 }),
  ]);
}

/**
 * Who watches the account (events §4.4): one URI without scheme, as servers wrote it. Whoever was announced as not
 * acknowledged, and is by now, is left out.
 */
export function subscribers(isAcknowledged: (uri: string) => boolean): Element {
  const uri = 'sip:ilse.brandt@litmar.example';
  const network = { sourceNetwork: 'federated', acknowledged: 'false' };
  return plain('subscribers', {}, [
    ...(isAcknowledged(uri) ? [] : [plain('subscriber', { uri, displayName: 'Ilse Brandt', ...network })]),
    plain('subscriber', { uri: 'odo@northpier.example', sourceNetwork: 'sameEnterprise', acknowledged: 'true' }),
  ]);
}

/** Server policy (events §4.10). */
export function configuration(): Element {
  return plain('configuration', {}, [
    plain('search', { defaultFunction: 'and', defaultFields: '0100' }),
    plain('enableAppearOffline', {}, 'True'),
    plain('imComposingTimers', { refreshInterval: 60, timeout: 120 }),
    plain('userNotice', {}, 'Conversations may be recorded.'),
  ]);
}

/** The progress of a presence subscription (events §4.8). */
export function subscriptionState(users: readonly string[], state: 'subscribed' | 'retrying' | 'terminated'): Element {
  return plain(
    'presenceSubscriptionState',
    {},
    users.map((uri) => plain('user', { uri, state })),
  );
}

/** A message of a conversation (events §4.12); what was written is seeded. */
export function conferenceMessage(random: Random, sender: User): Element {
  const content = random.pick(['tide is in', 'two\nlines & more', '<b>not markup</b>', 'Привет 👋']);
  return plain('conference', { confId: random.between(1, 9) }, [
    plain('messageReceived', { sender: sender.uri }, [
      plain('message', {}, [plain('format', {}, 'text/plain'), plain('content', {}, content)]),
    ]),
  ]);
}
