import type { XmlElement } from '../../src/lib/xml.ts';
import type { Random } from '../../src/simulator/random.ts';
import type { StateWord, Word } from './brute-force-users.ts';

const EPOCH = 1_600_000_000_000;
const AVAILABILITIES = [0, 2_999, 3_000, 3_500, 5_000, 6_500, 17_999, 18_000, 18_500] as const;

/** Something that a server may say of a user. Times and versions are few, so that old states are frequent. */
export function drawWord(random: Random): Extract<Word, { readonly kind: 'presence' }> {
  const state = random.chance(0.25) ? 'silent' : random.chance(0.12) ? 'cleared' : drawState(random);
  const note = random.chance(0.6) ? 'silent' : random.chance(0.3) ? 'cleared' : { text: random.pick(['', 'x', 'y']) };
  return { kind: 'presence', state, note, network: random.chance(0.3) ? random.pick(['domain', 'federated']) : null };
}

export function drawSubscription(random: Random): Word {
  return { kind: 'subscription', word: random.pick(['subscribed', 'retrying', 'terminated', 'resting']) };
}

function drawState(random: Random): StateWord {
  return {
    availability: random.chance(0.1) ? null : random.pick(AVAILABILITIES),
    token: random.chance(0.4) ? 'Offline' : null,
    publishedAt: random.chance(0.1) ? null : EPOCH + 1_000 * random.below(4),
    version: random.below(3),
    instance: random.below(2),
  };
}

/** The event that says it. */
export function wordElement(
  name: string,
  eid: number,
  users: readonly { readonly uri: string; readonly word: Word }[],
): XmlElement {
  return element(
    name,
    { eid: String(eid) },
    users.map(({ uri, word }) => {
      if (word.kind === 'subscription') return element('user', { uri, state: word.word });
      const { network, note, state } = word;
      const categories = [];
      if (state === 'cleared') categories.push(element('cwaCategory', { name: 'state' }));
      else if (state !== 'silent') categories.push(stateElement(state));
      if (note === 'cleared') categories.push(element('cwaCategory', { name: 'note' }));
      else if (note !== 'silent') categories.push(noteElement(note.text));
      return element('user', network === null ? { uri } : { uri, sourceNetwork: network }, categories);
    }),
  );
}

function stateElement({ availability, instance, publishedAt, token, version }: StateWord): XmlElement {
  const time = publishedAt === null ? {} : { publishTime: new Date(publishedAt).toISOString() };
  const number = availability === null ? [] : [element('availability', {}, [String(availability)])];
  const activity = token === null ? [] : [element('activity', { token })];
  const attributes = { name: 'state', instance: String(instance), version: String(version), ...time };
  return element('cwaCategory', attributes, [element('state', {}, [...number, ...activity])]);
}

function noteElement(text: string): XmlElement {
  const body = element('body', { type: 'personal' }, [text]);
  return element('cwaCategory', { name: 'note', instance: '0' }, [element('note', {}, [body])]);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: XmlElement['children'] = [],
): XmlElement {
  const list = Object.entries(attributes).map(([key, value]) => ({ name: key, namespace: '', value }));
  return { name, namespace: '', attributes: list, children };
}
