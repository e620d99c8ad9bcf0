import { describe, expect, test } from 'vitest';

import { childOf, namespaceOf, readRequests, RequestError, urisOf } from '../../../src/simulator/request-reader.ts';

describe('readRequests', () => {
  test('reads elements, attributes, text, CDATA, comments and references', () => {
    const root = readRequests(
      '\uFEFF<?xml version="1.0"?>\n<!-- c --><cwaRequests xmlns="urn:n" SID=\'4&#49;\'>' +
        '<a rid="1"><b>x &amp;<![CDATA[&y<]]>&#x1F30A;<!-- no -->z</b><c/></a>\n</cwaRequests>\n',
    );
    expect(root.attributes.get('sid')).toBe('41');
    expect(namespaceOf(root)).toBe('urn:n');
    const [a] = root.children;
    expect(a?.attributes).toEqual(new Map([['rid', '1']]));
    expect(a?.children.map(({ name, text }) => [name, text])).toEqual([
      ['b', 'x &&y<🌊z'],
      ['c', ''],
    ]);
  });

  test('leaves prefixes away and finds the namespace of a prefixed root', () => {
    const root = readRequests('<q:cwaRequests xmlns:q="urn:n"><q:logon/></q:cwaRequests>');
    expect(namespaceOf(root)).toBe('urn:n');
    expect(childOf(root, 'LOGON')?.name).toBe('logon');
  });

  test('reads line ends as line feeds, and keeps a carriage return that was written as a reference', () => {
    expect(readRequests('<cwaRequests>a\r\nb\rc&#13;d</cwaRequests>').text).toBe('a\nb\nc\rd');
  });

  test.each([
    '',
    'text',
    '<cwaRequests>',
    '<cwaRequests></cwaRequest>',
    '<cwaRequests/><cwaRequests/>',
    '<cwaRequests/>text',
    '<other/>',
    '< cwaRequests/>',
    '<cwaRequests a=1/>',
    '<cwaRequests a="1" A="2"/>',
    '<cwaRequests a="<"/>',
    '<cwaRequests>&tide;</cwaRequests>',
    '<cwaRequests>a & b</cwaRequests>',
    '<cwaRequests>&#x110000;</cwaRequests>',
    '<!DOCTYPE cwaRequests><cwaRequests/>',
    '</cwaRequests>',
    `${'<cwaRequests>'.repeat(60)}${'</cwaRequests>'.repeat(60)}`,
  ])('refuses %j', (text) => {
    expect(() => readRequests(text)).toThrow(RequestError);
  });

  test('finds the URIs in a list and directly inside, trimmed', () => {
    const root = readRequests(
      '<cwaRequests><uris><uri> sip:a@x </uri><uri>sip:b@x</uri></uris><uri>sip:c@x</uri></cwaRequests>',
    );
    expect(urisOf(root).toSorted()).toEqual(['sip:a@x', 'sip:b@x', 'sip:c@x']);
  });
});
