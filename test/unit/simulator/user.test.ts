import { describe, expect, test } from 'vitest';

import { freeBusy } from '../../../src/simulator/documents/calendar.ts';
import { Population, userUri } from '../../../src/simulator/population.ts';
import { changeUser, makeUser, WATCHED_CATEGORIES } from '../../../src/simulator/user.ts';
import { userElement } from '../../../src/simulator/user-presence.ts';
import { elementChildren, type Element } from '../../../src/simulator/xml-node.ts';

const AT = Date.UTC(2009, 2, 2, 8, 14, 58);

function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attributes.find((candidate) => candidate.name === name)?.value;
}

describe('a user', () => {
  test('is the same for the same seed and URI, whoever asks first', () => {
    const [a, b] = [new Population('s', 3), new Population('s', 3)];
    a.find(userUri(1));
    const texts = [a, b].map((population) => population.find(userUri(2).toUpperCase())?.displayName);
    expect(texts[0]).toBe(texts[1]);
    expect(makeUser('other', userUri(2)).calendarSeed).not.toBe(makeUser('s', userUri(2)).calendarSeed);
  });

  test('is known only if the population has it, or a test has set it', () => {
    const population = new Population('s', ['sip:Lena@x.example']);
    expect(population.find('sip:lena@X.example')?.uri).toBe('sip:lena@X.example');
    expect(population.find('sip:omar@x.example')).toBeNull();
    population.set('sip:omar@x.example', { note: '' });
    expect(population.find('sip:omar@x.example')?.note).toBe('');
  });

  test('tells in a new version only of the categories that were set', () => {
    const population = new Population('s', 1);
    const before = { ...population.find(userUri(1))?.versions };
    const { user, categories } = population.set(userUri(1), { availability: 6500, noteType: 'OOF' });
    expect(categories).toEqual(['state', 'note']);
    expect(user.availability).toBe(6500);
    expect([user.versions.state, user.versions.note, user.versions.contactCard]).toEqual([
      (before.state ?? 0) + 1,
      (before.note ?? 0) + 1,
      before.contactCard,
    ]);
  });

  test('without a note has an emptied category; with an empty note it has an empty body', () => {
    const user = makeUser('s', userUri(1));
    user.note = null;
    const [emptied] = elementChildren(userElement(user, ['note'], AT));
    expect([emptied?.attributes.length, emptied?.children.length]).toEqual([1, 0]);
    user.note = '';
    const [present] = elementChildren(userElement(user, ['note'], AT));
    expect(attribute(present, 'instance')).toBe('0');
    expect(present?.children).toHaveLength(1);
  });

  test('who is offline has the static aggregate, instance 0', () => {
    const user = makeUser('s', userUri(1));
    const instance = (availability: number): string | undefined => {
      user.availability = availability;
      return attribute(elementChildren(userElement(user, ['state'], AT))[0], 'instance');
    };
    expect([0, 3500, 15500, 18000, 18500].map(instance)).toEqual(['0', '1', '1', '0', '0']);
  });

  test('spreads a card over several instances', () => {
    const card = elementChildren(userElement(makeUser('s', userUri(1)), ['contactCard'], AT));
    expect(card.map((element) => attribute(element, 'instance'))).toEqual(['0', '2', '3']);
  });

  test('changes in every category, and the version says so', () => {
    const user = makeUser('s', userUri(1));
    for (const category of WATCHED_CATEGORIES) {
      const before = user.versions[category];
      changeUser(user, category);
      expect(user.versions[category]).toBe(before + 1);
    }
  });

  test('publishes four days of two-bit slots from midnight', () => {
    const document = freeBusy(makeUser('s', userUri(1)), AT);
    const [slots] = elementChildren(document);
    expect(attribute(slots, 'startTime')).toBe('2009-03-02T00:00:00Z');
    expect(Buffer.from(textOf(document), 'base64')).toHaveLength(96);
  });
});
