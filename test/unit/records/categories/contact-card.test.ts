import { expect, test } from 'vitest';

import type { PresenceRecord } from '../../../../src/records/topics/presence.ts';
import { category, element, presenceWith, within } from '../builders.ts';

const CARD = 'http://schemas.microsoft.com/2006/09/sip/contactcard';

function recordWith(...children: readonly ReturnType<typeof element>[]): PresenceRecord {
  const card = within(CARD, element('contactCard', {}, ...children));
  return presenceWith([category('contactCard', { instance: '0' }, card)]);
}

function phone(uri: string): ReturnType<typeof element> {
  return element('phone', { type: ' work ' }, element('uri', {}, uri));
}

function phonesOf({ categories }: PresenceRecord): readonly unknown[] {
  return categories[0]?.contactCard?.phones.map(({ uri, uriRaw }) => [uri, uriRaw]) ?? [];
}

test('a bare tel: is no number, which is nothing to warn about; a number without scheme is odd', () => {
  const bare = recordWith(phone('tel:'), phone(' TEL: '), phone(''));
  expect(phonesOf(bare)).toEqual([
    [null, 'tel:'],
    [null, ' TEL: '],
    [null, ''],
  ]);
  expect(bare.warnings).toEqual([]);
  const odd = recordWith(phone('+45 5550 1000'), phone('tel:+4555501000;EXT=7'), element('phone'));
  expect(phonesOf(odd)).toEqual([
    ['+45 5550 1000', '+45 5550 1000'],
    ['tel:+4555501000;ext=7', 'tel:+4555501000;EXT=7'],
    [null, null],
  ]);
  expect(odd.warnings).toEqual(['odd-uri']);
});

test('automaton may be written True', () => {
  const record = recordWith(element('automaton', {}, 'True'), element('type', {}, ' huntgroup '));
  expect(record.categories[0]?.contactCard).toMatchObject({ automaton: true, type: 'huntgroup' });
});

test('a line break inside a displayName is part of it', () => {
  const identity = (text: string): ReturnType<typeof element> =>
    element('identity', {}, element('name', {}, element('displayName', {}, text)));
  expect(recordWith(identity(''), identity(' Maren\nHolt ')).displayName).toBe(' Maren\nHolt ');
});
