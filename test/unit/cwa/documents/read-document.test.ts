import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { DEFAULT_DOCUMENT_LIMITS } from '../../../../src/cwa/documents/document-limits.ts';
import type { DocumentLimits } from '../../../../src/cwa/documents/document-limits.ts';
import { readDocument, readEnvelope } from '../../../../src/cwa/documents/read-document.ts';
import { textOf } from '../../../../src/lib/xml.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { refusalOf } from '../refusal.ts';

function read(text: string, limits: Partial<DocumentLimits> = {}): XmlElement {
  const options = { roots: ['cwaEvents'], limits: { ...DEFAULT_DOCUMENT_LIMITS, ...limits } };
  return readDocument(Buffer.from(text), options).root;
}

describe('the tree', () => {
  test('has resolved names and no namespace declarations', () => {
    const root = read(
      '<c:cwaEvents xmlns:c="http://schemas.microsoft.com/2006/09/rtc/cwa"><a xmlns="urn:a" b="1"/></c:cwaEvents>',
    );
    expect(root).toEqual({
      name: 'cwaEvents',
      namespace: 'http://schemas.microsoft.com/2006/09/rtc/cwa',
      attributes: [],
      children: [
        { name: 'a', namespace: 'urn:a', attributes: [{ name: 'b', namespace: '', value: '1' }], children: [] },
      ],
    });
  });

  test('keeps attributes in document order', () => {
    const [event] = read('<cwaEvents><e z="1" a="2" m="3"/></cwaEvents>').children as readonly XmlElement[];
    expect(event?.attributes.map(({ name }) => name)).toEqual(['z', 'a', 'm']);
  });

  test('joins text around comments, instructions and CDATA', () => {
    const root = read('<cwaEvents><e>a<!-- b -->c<?d?>e<![CDATA[<f>]]>&amp;</e></cwaEvents>');
    expect(root.children).toEqual([{ name: 'e', namespace: '', attributes: [], children: ['ace<f>&'] }]);
  });

  test('keeps white space inside events and drops it between them', () => {
    const root = read('<cwaEvents>\n  <e> <f> x </f>\n</e>\n</cwaEvents>');
    expect(root.children).toHaveLength(1);
    expect(textOf(root)).toBe('  x \n');
  });

  test('keeps text between events that is more than white space', () => {
    expect(read('<cwaEvents>\n oops <e/></cwaEvents>').children[0]).toBe('\n oops ');
  });

  test('holds names that are special to JavaScript as plain names', () => {
    const root = read('<cwaEvents><__proto__ constructor="a" __proto__="b"><toString/></__proto__></cwaEvents>');
    const [event] = root.children as readonly XmlElement[];
    expect(event?.name).toBe('__proto__');
    expect(event?.attributes.map(({ name, value }) => [name, value])).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
  });
});

describe('the root', () => {
  test.each(['<cwaEvents/>', '<CwaEvents/>', '<cwaevents/>'])('is accepted as %s', (text) => {
    expect(read(text).name.toLowerCase()).toBe('cwaevents');
  });

  test.each([
    ['another name', '<cwaResponses/>'],
    ['a foreign namespace', '<cwaEvents xmlns="urn:example:other"/>'],
    ['the spelling of link rewriting', '<cwaEvents xmlns="https://schemas.microsoft.com/2006/09/rtc/cwa"/>'],
  ])('is refused with %s', (_what, text) => {
    expect(refusalOf(() => read(text)).reason).toBe('wrongRoot');
  });

  test('is judged before the rest is read', () => {
    expect(refusalOf(() => read('<soap><not & well formed')).reason).toBe('wrongRoot');
  });
});

describe('what is no document', () => {
  test.each([
    ['<!DOCTYPE html><html><body><br></body></html>', 'html'],
    ['<html>\n<head>', 'html'],
    ['<?xml version="1.0"?>\n<!-- error -->\n<HTML lang="en">', 'html'],
    ['<!DOCTYPE cwaEvents [<!ENTITY a "b">]><cwaEvents>&a;</cwaEvents>', 'doctype'],
    ['<!DOCTYPE cwaEvents SYSTEM "http://127.0.0.1/x"><cwaEvents/>', 'doctype'],
    ['', 'empty'],
    [' \r\n\t ', 'empty'],
    ['Service Unavailable', 'malformed'],
    ['{"events": []}', 'malformed'],
  ])('%s is refused', (text, reason) => {
    expect(refusalOf(() => read(text)).reason).toBe(reason);
  });

  test('is refused with line and column, counted from 1 in characters', () => {
    const { line, column } = refusalOf(() => read('<cwaEvents>\r\n  <a>😀é<b</a>\n</cwaEvents>'));
    expect({ line, column }).toEqual({ line: 2, column: 10 });
  });

  test('is refused without quoting it', () => {
    const error = refusalOf(() => read('<cwaEvents><canary>canary</canary2></cwaEvents>'));
    expect(error.message).toMatch(/^the answer is refused \(malformed\) at line 1, column \d+: unexpected close tag;/);
    const names = [
      '<cwaEvents><canary>',
      '<cwaEvents><canary:a/></cwaEvents>',
      '<cwaEvents><a canary="" canary=""/></cwaEvents>',
    ];
    for (const text of names) expect(inspect(refusalOf(() => read(text)))).not.toContain('canary');
  });
});

test('version 1.1 is read by the rules of 1.0', () => {
  expect(read('<?xml version="1.1"?><cwaEvents><a>\u0085</a></cwaEvents>').children).toHaveLength(1);
  expect(refusalOf(() => read('<?xml version="1.1"?><cwaEvents>&#1;</cwaEvents>')).reason).toBe('malformed');
});

describe('limits', () => {
  const cases: readonly (readonly [keyof DocumentLimits, number, string, string, string])[] = [
    ['bodyBytesMax', 13, '<cwaEvents/>', '<cwaEvents>é</cwaEvents>', 'tooLarge'],
    ['depthMax', 3, '<cwaEvents><a><b/></a></cwaEvents>', '<cwaEvents><a><b><c/></b></a></cwaEvents>', 'tooDeep'],
    ['attributesMax', 2, '<cwaEvents a="" b=""/>', '<cwaEvents a="" b="" c=""/>', 'tooLarge'],
    ['eventsMax', 2, '<cwaEvents><a/><b><c/><d/></b></cwaEvents>', '<cwaEvents><a/><b/><c/></cwaEvents>', 'tooLarge'],
    [
      'textLengthMax',
      3,
      '<cwaEvents><a b="xyz">abc</a></cwaEvents>',
      '<cwaEvents><a>ab&lt;c</a></cwaEvents>',
      'tooLarge',
    ],
    ['textLengthMax', 3, '<cwaEvents a="xyz"/>', '<cwaEvents a="xyz!"/>', 'tooLarge'],
    ['nodesMax', 4, '<cwaEvents a=""><b>c</b></cwaEvents>', '<cwaEvents a=""><b>c</b><d/></cwaEvents>', 'tooLarge'],
  ];

  test.each(cases)(
    '%s of %i accepts what reaches it, and refuses what passes it by its name',
    (limit, max, within, above, reason) => {
      expect(read(within, { [limit]: max }).name).toBe('cwaEvents');
      const refused = refusalOf(() => read(above, { [limit]: max }));
      expect(refused.reason).toBe(reason);
      expect(refused.detail).toContain(`limits.${limit}`);
    },
  );

  test('stop a text of many entities before it has been built', () => {
    const text = `<cwaEvents><a>${'&amp;<!-- -->'.repeat(100)}</a></cwaEvents>`;
    expect(refusalOf(() => read(text, { textLengthMax: 50 })).column).toBeLessThan(750);
  });
});

describe('readEnvelope', () => {
  const options = { roots: ['cwaEvents'] };

  test('reads the attributes of the root and nothing behind it', () => {
    const { root } = readEnvelope(Buffer.from('<cwaEvents sid="5" ackId="9"><a/><b'), options);
    expect(root.attributes.map(({ value }) => value)).toEqual(['5', '9']);
    expect(root.children).toEqual([]);
  });

  test('finds a root behind a long comment', () => {
    const text = `<?xml version="1.0"?><!--${'x'.repeat(10_000)}--><cwaEvents sid="5"/>`;
    expect(readEnvelope(Buffer.from(text), options).root.attributes).toHaveLength(1);
  });

  test('accepts a beginning that is cut inside a character', () => {
    const bytes = Buffer.from('<cwaEvents sid="5">ü');
    expect(readEnvelope(bytes.subarray(0, bytes.length - 1), options).root.name).toBe('cwaEvents');
  });

  test.each([
    ['Service Unavailable', 'malformed'],
    ['<html>', 'html'],
    ['<cwaEvents sid="5', 'malformed'],
    ['<cwaEvents sid="5" sid="6"><a/>', 'malformed'],
    ['<other/>', 'wrongRoot'],
    ['', 'empty'],
  ])('refuses %s', (text, reason) => {
    expect(refusalOf(() => readEnvelope(Buffer.from(text), options)).reason).toBe(reason);
  });
});
