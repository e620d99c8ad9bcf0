import { describe, expect, test } from 'vitest';

import { decodeSlots } from '../../../src/records/categories/free-busy.ts';
import { category, element, note, NOTE, presenceWith, state, STATE, within, XSI } from './builders.ts';

function availability(value: string): ReturnType<typeof element> {
  return within(STATE, element('availability', {}, value));
}

describe('the frame of a category', () => {
  test('without instance and body it is cleared; with either it is not', () => {
    const record = presenceWith([
      category('note', {}, ' \n '),
      category('state', { instance: '0' }),
      category('services', {}, element('services')),
      category('mwi', { instance: 'x' }),
    ]);
    expect(record.categories.map(({ empty }) => empty)).toEqual([true, false, false, false]);
    expect(record.clearedCategories).toEqual(['note']);
    expect(record.categoryNames).toEqual(['note', 'state', 'services', 'mwi']);
  });

  test('a name counts as cleared only if no entry of that name is left', () => {
    const body = note(element('body', {}, 'here'));
    const record = presenceWith([category('note', {}), category('note', { instance: '0' }, body), category('mwi', {})]);
    expect(record.clearedCategories).toEqual(['mwi']);
  });

  test('instanceMask stands in for a missing instance, and is an extension beside one', () => {
    const record = presenceWith([
      category('note', { instanceMask: '5' }),
      category('note', { instance: '1', instanceMask: '5' }),
    ]);
    expect(record.categories.map(({ instance }) => instance)).toEqual([5, 1]);
    expect(record.extensions).toEqual([
      { path: 'user[0]/cwaCategory[1]/@instanceMask', name: 'instanceMask', namespace: null, value: '5' },
    ]);
  });

  test('an attribute is found without regard to case, unless the exact one is there', () => {
    const record = presenceWith([
      element('cwaCategory', { NAME: 'note', Instance: '1' }),
      element('cwaCategory', { NAME: 'x', name: 'note' }),
    ]);
    expect(record.categories.map(({ name, instance }) => [name, instance])).toEqual([
      ['note', 1],
      ['note', null],
    ]);
    expect(record.extensions.map(({ path }) => path)).toEqual(['user[0]/cwaCategory[1]/@NAME']);
  });

  test('a known body is read in any namespace; an unexpected one is a warning, another letter case is not', () => {
    const odd = within('urn:odd', element('state', {}, element('availability', {}, '3500')));
    const cased = within(STATE.toUpperCase(), element('state', {}, element('availability', {}, '3500')));
    expect(presenceWith([category('state', { instance: '1' }, odd)])).toMatchObject({
      availability: 3500,
      warnings: ['unexpected-namespace'],
      categories: [{ bodyNamespace: 'urn:odd' }],
    });
    expect(presenceWith([category('state', { instance: '1' }, cased)])).toMatchObject({
      availability: 3500,
      warnings: [],
    });
  });

  test('a body with another root than its category has is kept as XML', () => {
    const record = presenceWith([category('state', { instance: '1' }, element('mood', {}, 'calm'))]);
    expect(record).toMatchObject({ warnings: ['unexpected-body'], availability: null });
    expect(record.categories[0]).toMatchObject({ state: null, rawXml: '<mood>calm</mood>' });
  });

  test('publishTime may be a time with or without zone; an integer has an unknown unit', () => {
    const times = ['2009-03-02T08:14:58Z', '2009-03-02T08:14:58', '2009-03-02T09:14:58+01:00', '1235981698', 'soon'];
    const record = presenceWith(times.map((publishTime) => category('note', { instance: '0', publishTime })));
    expect(record.categories.map((entry) => [entry.publishTime, entry.publishTimeRaw])).toEqual([
      [1235981698000, null],
      [1235981698000, '2009-03-02T08:14:58'],
      [1235981698000, '2009-03-02T09:14:58+01:00'],
      [null, '1235981698'],
      [null, 'soon'],
    ]);
    expect(record.warnings).toEqual(['time-unit-unknown', 'bad-time']);
  });
});

describe('the flat columns of a state', () => {
  test.each([
    [
      'instance 1 before a newer instance 0',
      [
        ['0', '09'],
        ['1', '08'],
      ],
      1,
    ],
    [
      'instance 0 before a newer part',
      [
        ['0', '08'],
        ['805306368', '09'],
      ],
      0,
    ],
    [
      'the newest of several parts',
      [
        ['5', '09'],
        ['6', '08'],
      ],
      5,
    ],
    [
      'the last of equally old parts',
      [
        ['5', '08'],
        ['6', '08'],
      ],
      6,
    ],
  ])('come from %s', (_what, entries, chosen) => {
    const categories = entries.map(([instance = '', hour = '']) =>
      category(
        'state',
        { instance, publishTime: `2009-03-02T${hour}:00:00Z` },
        state({}, availability(`350${instance.slice(0, 1)}`)),
      ),
    );
    const record = presenceWith(categories);
    expect(record.availability).toBe(Number(`350${String(chosen).slice(0, 1)}`));
  });

  test('a state without availability says nothing about it, and is never offline', () => {
    const activity = within(STATE, element('activity', { token: 'out-of-office', minAvailability: '12000' }));
    const record = presenceWith([category('state', { instance: '1' }, state({}, activity))]);
    expect(record).toMatchObject({ availability: null, availabilityName: null, activityToken: null });
    expect(record.categories[0]?.state).toMatchObject({ activityToken: 'out-of-office', availability: null });
  });

  test('an event that does not speak of the state leaves all its columns null', () => {
    const record = presenceWith([category('note', {})]);
    expect(record).toMatchObject({ availability: null, availabilityName: null, manual: null, statePublishedAt: null });
  });

  test('dndState has the same body but is no state', () => {
    const record = presenceWith([category('dndState', { instance: '1' }, state({}, availability('9500')))]);
    expect(record.availability).toBeNull();
    expect(record.categories[0]?.state?.availabilityName).toBe('DoNotDisturb');
  });

  test('the type is read without its prefix, whatever namespace xsi stands for', () => {
    const typed = category(
      'state',
      { instance: '1' },
      state({ [`{${XSI}}type`]: 'st:aggregateState' }, availability('3500')),
    );
    const elided = category('state', { instance: '0' }, state({ '{...}type': 'userState' }, availability('3500')));
    const record = presenceWith([typed, elided]);
    expect(record.categories.map(({ bodyType }) => bodyType)).toEqual(['aggregateState', 'userState']);
    expect(record.warnings).toEqual(['unexpected-namespace']);
  });

  test('the type of a foreign namespace is none where there is one of its own, whichever comes first', () => {
    const types = { '{urn:foreign}type': 'other', [`{${XSI}}type`]: 'aggregateState' };
    const record = presenceWith([category('state', { instance: '1' }, state(types, availability('3500')))]);
    expect(record.categories[0]?.bodyType).toBe('aggregateState');
    expect(record.warnings).toEqual([]);
    expect(record.extensions).toMatchObject([{ name: 'type', namespace: 'urn:foreign', value: 'other' }]);
  });
});

describe('notes', () => {
  const body = (text: string, type: string): ReturnType<typeof element> => note(element('body', { type }, text));

  test('the newest is shown', () => {
    const record = presenceWith([
      category('note', { instance: '1', publishTime: '2009-03-02T09:00:00Z' }, body('away', 'OOF')),
      category('note', { instance: '0', publishTime: '2009-03-02T08:00:00Z' }, body('here', 'personal')),
      category('noteHistory', { instance: '0', publishTime: '2009-03-02T10:00:00Z' }, body('old', 'personal')),
    ]);
    expect([record.note, record.noteType]).toEqual(['away', 'OOF']);
  });

  test('an empty note is empty, a cleared one is null', () => {
    expect(presenceWith([category('note', { instance: '0' }, body('', 'personal'))]).note).toBe('');
    expect(presenceWith([category('note', {})]).note).toBeNull();
  });

  test('white space and every character of the text are kept', () => {
    const text = ' two\n\tlines 🙂 \u0301 ';
    expect(presenceWith([category('note', { instance: '0' }, body(text, 'personal'))]).note).toBe(text);
  });

  test('elements inside the text are extensions', () => {
    const mixed = note(element('body', {}, 'plain', within(NOTE, element('b', {}, 'bold'))));
    const record = presenceWith([category('note', { instance: '0' }, mixed)]);
    expect(record.note).toBe('plain');
    expect(record.extensions.map(({ path }) => path)).toEqual(['user[0]/cwaCategory[0]/note[0]/body[0]/b[0]']);
  });
});

describe('free-busy', () => {
  test('slots are read from the least significant pair of each byte', () => {
    expect(decodeSlots('5A==')).toEqual([0, 1, 2, 3]);
  });

  test("two meetings of the documentation's sample are whole", () => {
    const slots = decodeSlots(Buffer.from([0x54, 0x51, 0x55, 0x55, 0x05]).toString('base64')) ?? [];
    expect(slots.join('')).toBe('01111011111111111100');
    const runs = slots
      .join('')
      .match(/1+/g)
      ?.map((run) => run.length);
    expect(runs).toEqual([4, 12]);
  });

  test('what is not base64 is not decoded', () => {
    expect(['A', 'AB=C', 'A B C D', '****'].map(decodeSlots)).toEqual([
      null,
      null,
      [0, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 2],
      null,
    ]);
  });
});
