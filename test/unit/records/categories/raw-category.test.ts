import { describe, expect, test } from 'vitest';

import type { XmlNode } from '../../../../src/lib/xml.ts';
import type { PresenceRecord } from '../../../../src/records/topics/presence.ts';
import { element, presenceWith, within } from '../builders.ts';

const COMMON_TYPES = 'http://schemas.microsoft.com/2006/09/sip/commontypes';
const TIDE_XML = '<tide xmlns="urn:tide" high="07:41"/>';

const tide = within('urn:tide', element('tide', { high: '07:41' }));
const berth = within('urn:berth', element('berth'));

function raw(...body: readonly XmlNode[]): ReturnType<typeof element> {
  return element('rawCategory', { name: 'tideTable' }, ...body);
}

function bodiesOf({ rawCategories }: PresenceRecord): readonly (string | null)[] {
  return rawCategories.map(({ rawXml }) => rawXml);
}

describe('the body of a custom category', () => {
  test('is XML on its own: elements without the white space between them, text with everything in it', () => {
    const record = presenceWith([
      raw('\n  ', tide, '\n  ', berth),
      raw('a < b'),
      raw(' before ', tide, ' & after'),
      raw(' '),
    ]);
    expect(bodiesOf(record)).toEqual([
      `${TIDE_XML}<berth xmlns="urn:berth"/>`,
      'a &lt; b',
      ` before ${TIDE_XML} &amp; after`,
      null,
    ]);
    expect(record.extensions).toEqual([]);
  });

  test('beside an empty category is taken for its own, once and with a warning', () => {
    const record = presenceWith([raw(), tide, berth, raw(tide), { ...berth }]);
    expect(bodiesOf(record)).toEqual([TIDE_XML, TIDE_XML]);
    expect(record.warnings).toEqual(['misplaced-body']);
    expect(record.extensions.map(({ path }) => path)).toEqual(['user[0]/berth[0]', 'user[0]/berth[1]']);
  });

  test('is neither an element of CWA nor a mark of later versions', () => {
    const mark = within(COMMON_TYPES, element('delimiter'));
    const record = presenceWith([raw(), element('sticker'), raw(), mark, raw(), raw()]);
    expect(bodiesOf(record)).toEqual([null, null, null, null]);
    expect(record.warnings).toEqual([]);
  });
});

test('the attributes of a custom category are read as they are documented, instance for a missing instanceMask', () => {
  const attributes = {
    nameSpace: 'urn:tide',
    instanceMask: '4294967295',
    version: '3',
    container: '0200',
    publishTime: '2009-03-02T07:00:00Z',
    endpointId: '0',
    expireType: ' time ',
    expires: '3600',
  };
  const record = presenceWith([
    element('rawCategory', { name: 'a', ...attributes }),
    element('rawCategory', { instance: '7' }),
  ]);
  expect(record.rawCategories).toEqual([
    {
      name: 'a',
      ...attributes,
      instanceMask: 4294967295,
      version: 3,
      publishTime: Date.UTC(2009, 2, 2, 7),
      publishTimeRaw: null,
      expireType: 'time',
      rawXml: null,
    },
    expect.objectContaining({ name: '', instanceMask: 7 }),
  ]);
  expect(record.warnings).toEqual(['missing-name']);
});
