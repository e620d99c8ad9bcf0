import { describe, expect, test } from 'vitest';

import type { XmlElement } from '../../../src/lib/xml.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { RecordContext } from '../../../src/records/record-context.ts';
import type { ContactsRecord } from '../../../src/records/topics/contacts.ts';
import { admitted, element, normalized, recordContext, unknownOf, within } from './builders.ts';

const MAREN = 'sip:maren.holt@northpier.example';
const ODO = 'sip:odo@northpier.example';

/** The one record of an event of the contacts topic. */
function contactsOf(root: XmlElement, overrides: Partial<RecordContext> = {}): ContactsRecord {
  const [record, ...others] = normalized(root, overrides);
  if (record?.topic !== 'contacts' || others.length > 0) throw new Error('not one record of contacts');
  return record.value;
}

function contactGroup(attributes: Readonly<Record<string, string>>, ...children: readonly XmlElement[]): XmlElement {
  return element('contactGroup', { eid: '10', ...attributes }, ...children);
}

/** The only entry of a contact list with one. */
function contactWith(attributes: Readonly<Record<string, string>>): ContactsRecord['contacts'][number] {
  const [contact] = contactsOf(contactGroup({}, element('contact', attributes))).contacts;
  if (contact === undefined) throw new Error('no contact');
  return contact;
}

describe('every event of the contacts topic', () => {
  test.each([
    ['contactGroup', 'contactGroup'],
    ['contactGroupChanged', 'contactGroup'],
    ['subscribers', 'subscribers'],
    ['containers', 'containers'],
    ['configuration', 'configuration'],
    ['configurations', 'configuration'],
  ])('%s is one record of the type %s about the account, under the name that the wire used', (name, recordType) => {
    expect(contactsOf(element(name, { eid: '10', rid: '7' }))).toMatchObject({
      recordType,
      eventName: name,
      rid: '7',
      subjectUri: null,
      subjectUriRaw: null,
      userIndex: 0,
      userCount: 0,
      sequence: 5,
      origin: 'live',
      warnings: [],
      extensions: [],
      raw: null,
    });
  });

  test('fills nothing that belongs to another type', () => {
    expect(contactsOf(element('subscribers'))).toMatchObject({
      ...{ fullList: null, fullListRaw: null, deltaNum: null },
      ...{ groups: [], contacts: [], subscribers: [], containers: [], configuration: null },
    });
    expect(contactsOf(contactGroup({}))).toMatchObject({ subscribers: [], containers: [], configuration: null });
  });

  test('is known in the CWA namespace as well, and in no other', () => {
    const root = contactGroup({ fullList: 'true' }, element('contact', { uri: ODO }));
    expect(contactsOf(within('http://schemas.microsoft.com/2006/09/rtc/cwa', root)).contacts).toHaveLength(1);
    expect(unknownOf(within('urn:foreign', root))[0]?.eventName).toBe('contactGroup');
    expect(unknownOf(element('ContactGroup'))).toHaveLength(1);
  });

  test('says if it may be a repeat, and carries its XML where that is wanted', () => {
    const event = admitted(contactGroup({}, element('group', { id: '1' })), { isReplay: true });
    const [record] = normalizeEvent(event, recordContext({ includeRaw: true }));
    expect(record?.value).toMatchObject({
      origin: 'replay',
      raw: '<contactGroup eid="10"><group id="1"/></contactGroup>',
    });
  });
});

describe('contactGroup', () => {
  test.each([
    [{}, false, null],
    [{ fullList: 'false' }, false, 'false'],
    [{ fullList: ' True ' }, true, ' True '],
    [{ fulllist: '1' }, true, '1'],
  ])('with %j is a whole list: %s', (attributes, fullList, fullListRaw) => {
    expect(contactsOf(contactGroup(attributes))).toMatchObject({ fullList, fullListRaw, extensions: [] });
  });

  test('does not guess whether it is a whole list where it could not be read', () => {
    expect(contactsOf(contactGroup({ fullList: 'maybe' }))).toMatchObject({
      fullList: null,
      fullListRaw: 'maybe',
      warnings: ['bad-boolean'],
      extensions: [{ path: '@fullList', name: 'fullList', namespace: null, value: 'maybe' }],
    });
  });

  test('keeps a version of the list that 32 bits do not hold', () => {
    expect(contactsOf(contactGroup({ deltaNum: '2147483647' })).deltaNum).toBe(2_147_483_647);
    expect(contactsOf(contactGroup({ deltaNum: '2147483648' }))).toMatchObject({
      deltaNum: null,
      warnings: ['bad-number'],
      extensions: [{ path: '@deltaNum', value: '2147483648' }],
    });
  });

  test('holds groups and contacts in document order, also where an id or a URI stands twice', () => {
    const record = contactsOf(
      contactGroup(
        { fullList: 'true' },
        element('contact', { uri: ODO, name: 'first' }),
        element('group', { id: '4', name: 'Harbour crew', externalUri: '' }),
        element('contact', { uri: 'SIP:Odo@northpier.example', name: 'second' }),
        element('group', { id: '4', name: '~' }),
      ),
    );
    expect(record.groups).toEqual([
      { id: 4, name: 'Harbour crew', externalUri: '', action: null, actionRaw: null },
      { id: 4, name: '~', externalUri: null, action: null, actionRaw: null },
    ]);
    expect(record.contacts.map(({ uri, uriRaw, name }) => [uri, uriRaw, name])).toEqual([
      [ODO, ODO, 'first'],
      [ODO, 'SIP:Odo@northpier.example', 'second'],
    ]);
  });

  test.each([
    ['1 4 ', [1, 4]],
    [' 4\t4\n1\r', [4, 4, 1]],
    ['-1 +2 007', [-1, 2, 7]],
    ['', []],
    [' ', []],
  ])('reads the groups %j of a contact as %j', (groups, groupIds) => {
    expect(contactWith({ uri: ODO, groups })).toMatchObject({ groupIds, groupsRaw: groups });
    expect(contactsOf(contactGroup({}, element('contact', { uri: ODO, groups }))).warnings).toEqual([]);
  });

  test('tells a contact in no group from one of whose groups nothing is said', () => {
    expect(contactWith({ uri: ODO, groups: '' }).groupsRaw).toBe('');
    expect(contactWith({ uri: ODO }).groupsRaw).toBeNull();
  });

  test.each(['1,2', 'x', '1.0', '2147483648'])('keeps a group %j that is no integer, and reads the others', (odd) => {
    const groups = `3 ${odd} 4`;
    const record = contactsOf(contactGroup({}, element('contact', { uri: MAREN }), element('contact', { groups })));
    expect(record.contacts[1]).toMatchObject({ groupIds: [3, 4], groupsRaw: groups });
    expect(record.warnings).toContain('bad-number');
    expect(record.extensions).toEqual([{ path: 'contact[1]/@groups', name: 'groups', namespace: null, value: groups }]);
  });

  test.each([
    ['added', 'added'],
    ['updated', 'updated'],
    ['deleted', 'deleted'],
    ['delete', 'deleted'],
    [' Delete ', 'deleted'],
    ['renamed', 'renamed'],
    ['Renamed', 'Renamed'],
    ['constructor', 'constructor'],
    ['', ''],
  ])('knows the action %j as %j, for contacts and for groups', (actionRaw, action) => {
    const attributes = { action: actionRaw };
    const record = contactsOf(contactGroup({}, element('group', attributes), element('contact', attributes)));
    expect(record.groups[0]).toMatchObject({ action, actionRaw });
    expect(record.contacts[0]).toMatchObject({ action, actionRaw });
  });

  test.each([
    [{}, null, 'missing-uri'],
    [{ uri: ' ' }, null, 'missing-uri'],
    [{ uri: 'odo' }, 'odo', 'odd-uri'],
    [{ uri: 'sip:c@x.example;gruu;opaque=app:conf:focus:id:1' }, null, 'conference-uri'],
  ] as const)('keeps a contact with %j, with a warning', (attributes: { readonly uri?: string }, uri, warning) => {
    const record = contactsOf(contactGroup({}, element('contact', attributes)));
    expect(record.contacts).toMatchObject([{ uri, uriRaw: attributes.uri ?? null }]);
    expect(record.warnings).toEqual([warning]);
  });

  test('keeps what the schema does not know, wherever it stands', () => {
    const record = contactsOf(
      contactGroup(
        { __proto__x: '1' },
        element('contact', { uri: ODO, subscribed: 'True', constructor: 'x' }, element('name', {}, 'inside'), 'loose'),
        element('user', { uri: 'sip:hidden@x.example' }),
        within('urn:foreign', element('contact', { uri: 'sip:foreign@x.example' })),
      ),
    );
    expect(record.contacts).toMatchObject([{ uri: ODO, subscribed: true }]);
    expect(record.extensions.map(({ path, namespace, value }) => [path, namespace, value])).toEqual([
      ['contact[0]/@constructor', null, 'x'],
      ['contact[0]/name[0]', null, '<name>inside</name>'],
      ['contact[0]/#text', null, 'loose'],
      ['@__proto__x', null, '1'],
      ['user[0]', null, '<user uri="sip:hidden@x.example"/>'],
      ['contact[1]', 'urn:foreign', '<contact xmlns="urn:foreign" uri="sip:foreign@x.example"/>'],
    ]);
  });

  test('of 20,000 contacts loses none, and says of each where its unknown attribute stood', () => {
    const contacts = Array.from({ length: 20_000 }, (_, index) =>
      element('contact', { uri: `sip:user${index}@northpier.example`, groups: '1', mark: String(index) }),
    );
    const record = contactsOf(contactGroup({ fullList: 'true' }, ...contacts));
    expect(record.contacts).toHaveLength(20_000);
    expect(record.extensions.at(-1)).toMatchObject({ path: 'contact[19999]/@mark', value: '19999' });
  });
});

describe('subscribers', () => {
  test('is who watches the account, in document order, with URIs made comparable', () => {
    const record = contactsOf(
      element(
        'subscribers',
        {},
        element('subscriber', { uri: MAREN, displayName: '', sourceNetwork: ' federated', acknowledged: 'False' }),
        element('subscriber', { uri: ' ODO@northpier.example' }),
      ),
    );
    expect(record.subscribers).toEqual([
      { uri: MAREN, uriRaw: MAREN, displayName: '', sourceNetwork: 'federated', acknowledged: false },
      { uri: ODO, uriRaw: ' ODO@northpier.example', displayName: null, sourceNetwork: null, acknowledged: null },
    ]);
  });

  test('keeps an acknowledgement that is no boolean', () => {
    const record = contactsOf(element('subscribers', {}, element('subscriber', { uri: ODO, acknowledged: '2' })));
    expect(record.subscribers[0]?.acknowledged).toBeNull();
    expect(record).toMatchObject({
      warnings: ['bad-boolean'],
      extensions: [{ path: 'subscriber[0]/@acknowledged', value: '2' }],
    });
  });
});

describe('containers', () => {
  function containers(...children: readonly XmlElement[]): ContactsRecord {
    return contactsOf(element('containers', {}, ...children));
  }

  test.each([
    ['0', 'Default'],
    ['1', 'Self'],
    ['2', 'Aggregation'],
    ['3', 'Aggregation'],
    ['100', 'Public'],
    ['200', 'Workplace'],
    ['300', 'Team'],
    ['400', 'Personal'],
    ['32000', 'Block'],
    ['101', null],
  ])('the number %s means %s', (id, idName) => {
    expect(containers(element('container', { id })).containers).toEqual([{ id: Number(id), idName, members: [] }]);
  });

  test('a number that 32 bits do not hold, or none, has no meaning', () => {
    const record = containers(element('container', { id: '4294967296' }), element('container'));
    expect(record.containers).toEqual([
      { id: null, idName: null, members: [] },
      { id: null, idName: null, members: [] },
    ]);
    expect(record.extensions).toMatchObject([{ path: 'container[0]/@id', value: '4294967296' }]);
  });

  test('only members that are people have a URI', () => {
    const members = [
      { type: 'uri', value: ' SIP:Odo@northpier.example;user=phone' },
      { type: ' User ', value: 'odo@northpier.example' },
      { type: 'domain', value: 'litmar.example' },
      { type: 'everyone' },
      { value: 'sip:typeless@x.example' },
    ].map((attributes) => element('member', attributes));
    const record = containers(element('container', { id: '300' }, ...members));
    expect(record.containers[0]?.members).toEqual([
      { type: 'uri', value: ' SIP:Odo@northpier.example;user=phone', uri: ODO },
      { type: 'User', value: 'odo@northpier.example', uri: ODO },
      { type: 'domain', value: 'litmar.example', uri: null },
      { type: 'everyone', value: null, uri: null },
      { type: null, value: 'sip:typeless@x.example', uri: null },
    ]);
    expect(record.warnings).toEqual([]);
  });

  test('a member that is a person without a URI stays, with a warning', () => {
    const record = containers(element('container', { id: '300' }, element('member', { type: 'uri' })));
    expect(record.containers[0]?.members).toEqual([{ type: 'uri', value: null, uri: null }]);
    expect(record.warnings).toEqual(['missing-uri']);
  });

  test('the same container twice stays two, the empty one as well', () => {
    const filled = element('container', { id: '300' }, element('member', { type: 'federated' }));
    const sizes = containers(filled, element('container', { id: '300' })).containers.map(
      ({ members }) => members.length,
    );
    expect(sizes).toEqual([1, 0]);
  });
});

describe('configuration', () => {
  function configuration(...children: readonly XmlElement[]): ContactsRecord {
    return contactsOf(element('configuration', {}, ...children));
  }

  test('holds each part as often as it stands there, numbers whose unit nobody documents as text', () => {
    const record = configuration(
      element('search', { defaultFunction: 'and', defaultFields: '0100' }),
      element('search'),
      element('enableAppearOffline', {}, ' True\n'),
      element('enableAppearOffline', {}, '0'),
      element('imComposingTimers', { refreshInterval: '60', timeout: '99999999999999999999' }),
      element('customAuthLogoffUrl', {}, ' https://sso.northpier.example/out '),
      element('userNotice', {}, 'two\nlines'),
      element('userNotice'),
    );
    expect(record.configuration).toEqual({
      search: [
        { defaultFunction: 'and', defaultFields: '0100' },
        { defaultFunction: null, defaultFields: null },
      ],
      enableAppearOffline: [true, false],
      imComposingTimers: [{ refreshIntervalRaw: '60', timeoutRaw: '99999999999999999999' }],
      customAuthLogoffUrl: [' https://sso.northpier.example/out '],
      userNotice: ['two\nlines', ''],
    });
    expect(record.warnings).toEqual([]);
  });

  test.each(['perhaps', ''])('keeps a permission %j that is no boolean', (text) => {
    const record = configuration(
      element('enableAppearOffline', {}, 'true'),
      element('enableAppearOffline', {}, ...(text === '' ? [] : [text])),
    );
    expect(record.configuration?.enableAppearOffline).toEqual([true]);
    expect(record).toMatchObject({
      warnings: ['bad-boolean'],
      extensions: [{ path: 'enableAppearOffline[1]/#text', name: '#text', namespace: null, value: text }],
    });
  });
});
