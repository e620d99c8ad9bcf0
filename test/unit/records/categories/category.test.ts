import { describe, expect, test } from 'vitest';

import { category, element, presenceWith, state, STATE, within, XSI } from '../builders.ts';

const COMMON_TYPES = 'http://schemas.microsoft.com/2006/09/sip/commontypes';
const NO_BREAK_SPACE = '\u00a0';

function availability(value: string): ReturnType<typeof element> {
  return within(STATE, element('availability', {}, value));
}

describe('the body of a category', () => {
  test('is the element that its category has as root, although another one stands before it', () => {
    const junk = within('urn:junk', element('junk', {}, 'x'));
    const record = presenceWith([category('state', { instance: '1' }, junk, state({}, availability('3500')))]);
    expect(record).toMatchObject({
      availability: 3500,
      warnings: [],
      extensions: [{ path: 'user[0]/cwaCategory[0]/junk[0]', value: '<junk xmlns="urn:junk">x</junk>' }],
    });
  });

  test('is rather the one in its own namespace than another of the same name', () => {
    const foreign = within('urn:odd', element('state', {}, element('availability', {}, '18500')));
    const record = presenceWith([category('state', { instance: '1' }, foreign, state({}, availability('3500')))]);
    expect(record).toMatchObject({ availability: 3500, warnings: [] });
    expect(record.extensions.map(({ namespace }) => namespace)).toEqual(['urn:odd']);
  });

  test('is read once: a second one is an extension', () => {
    const twice = [state({}, availability('3500')), state({}, availability('15500'))];
    const record = presenceWith([category('state', { instance: '1' }, ...twice)]);
    expect(record.availability).toBe(3500);
    expect(record.extensions.map(({ path }) => path)).toEqual(['user[0]/cwaCategory[0]/state[1]']);
  });

  test('may be of a type, whatever the category, known or not', () => {
    const typed = { [`{${XSI}}type`]: ' t:special ' };
    const record = presenceWith([
      category('services', { instance: '0' }, element('services', typed)),
      category('tide', { instance: '0' }, within('urn:tide', element('tide', typed))),
      category('tide', { instance: '0' }, element('tide', { type: 'plain', '{urn:t}type': 'other' })),
    ]);
    expect(record.categories.map(({ bodyType }) => bodyType)).toEqual(['special', 'special', null]);
    expect(record.extensions).toEqual([]);
  });

  test('may have its children in the same namespace in another letter case; any other makes them extensions', () => {
    const body = (namespace: string): ReturnType<typeof element> => ({
      ...state({}),
      children: [within(namespace, element('availability', {}, '3500'))],
    });
    const cased = presenceWith([category('state', { instance: '1' }, body(STATE.replace('state', 'State')))]);
    expect(cased).toMatchObject({ availability: 3500, extensions: [] });
    const foreign = presenceWith([category('state', { instance: '1' }, body('urn:state'))]);
    expect(foreign.availability).toBeNull();
    expect(foreign.extensions.map(({ namespace }) => namespace)).toEqual(['urn:state']);
  });

  test('known elements are read behind the marks of later versions, which are nothing themselves', () => {
    const [delimiter, end] = [element('delimiter'), element('end')].map((mark) => within(COMMON_TYPES, mark));
    const vendor = within(COMMON_TYPES, element('extension', {}, within('urn:v', element('mood'))));
    const children = [delimiter, availability('6500'), vendor, end].filter((child) => child !== undefined);
    const record = presenceWith([category('state', { instance: '1' }, state({}, ...children))]);
    expect(record.availability).toBe(6500);
    expect(record.extensions.map(({ name, value }) => [name, value])).toEqual([
      ['extension', `<extension xmlns="${COMMON_TYPES}"><mood xmlns="urn:v"/></extension>`],
    ]);
  });
});

describe('words of a body', () => {
  test('lose the white space around them, as numbers and booleans do', () => {
    const activity = within(STATE, element('activity', { token: ' in-a-meeting ' }));
    const device = within(STATE, element('device', {}, '\n\tMobile\r\n'));
    const body = state({ manual: ' True ' }, availability(' 6500\n'), activity, device);
    expect(presenceWith([category('state', { instance: '1' }, body)])).toMatchObject({
      availability: 6500,
      manual: true,
      activityToken: 'in-a-meeting',
      deviceType: 'Mobile',
    });
  });

  test('keep every other character: a no-break space was written by somebody', () => {
    const activity = within(STATE, element('activity', { token: `${NO_BREAK_SPACE}x` }));
    const body = state({}, availability(`${NO_BREAK_SPACE}6500`), activity);
    const { categories, extensions } = presenceWith([category('state', { instance: '1' }, body, NO_BREAK_SPACE)]);
    expect(categories[0]?.state).toMatchObject({ availability: null, activityToken: `${NO_BREAK_SPACE}x` });
    expect(extensions.map(({ name, value }) => [name, value])).toEqual([
      ['availability', `${NO_BREAK_SPACE}6500`],
      ['#text', NO_BREAK_SPACE],
    ]);
  });
});
