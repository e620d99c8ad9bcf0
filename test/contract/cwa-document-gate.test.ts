import { readdirSync, readFileSync } from 'node:fs';

import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DocumentRefusedError } from '../../src/cwa/documents/document-refused-error.ts';
import { readDocument } from '../../src/cwa/documents/read-document.ts';
import { canonicalXml, serializeXml } from '../../src/lib/xml.ts';
import type { XmlElement, XmlNode } from '../../src/lib/xml.ts';
import { MALFORMED_DOCUMENTS } from './malformed-documents.ts';
import { readByOracle } from './ordered-oracle.ts';

const ACCEPTED = new URL('../fixtures/cwa/accepted/', import.meta.url);
const ROOTS = ['cwaEvents', 'cwaResponses'];

function gate(text: string | Uint8Array): XmlElement {
  return readDocument(typeof text === 'string' ? Buffer.from(text) : text, { roots: ROOTS }).root;
}

/** The gate does not keep indentation between the children of the root. */
function withoutRootIndentation(root: XmlElement): XmlElement {
  return { ...root, children: root.children.filter((child) => typeof child !== 'string' || /\S/.test(child)) };
}

describe('accepted documents', () => {
  const names = readdirSync(ACCEPTED);

  test('are a corpus, not an empty folder', () => {
    expect(names.length).toBeGreaterThanOrEqual(15);
  });

  test.each(names)('%s reads to the same tree as with fast-xml-parser', (name) => {
    const bytes = readFileSync(new URL(name, ACCEPTED));
    expect(gate(bytes)).toEqual(withoutRootIndentation(readByOracle(bytes.toString('utf8'))));
  });

  test.each(names)('%s reads the same from UTF-16 with byte-order mark', (name) => {
    const bytes = readFileSync(new URL(name, ACCEPTED));
    const utf16 = Buffer.from(`\uFEFF${bytes.toString('utf8').replace(/^<\?xml[^>]*>/, '')}`, 'utf16le');
    expect(gate(utf16)).toEqual(gate(bytes));
    expect(gate(Buffer.from(utf16).swap16())).toEqual(gate(bytes));
  });

  test.each(names)('%s survives being written and read again', (name) => {
    const tree = gate(readFileSync(new URL(name, ACCEPTED)));
    expect(canonicalXml(gate(serializeXml(tree)))).toBe(canonicalXml(tree));
  });
});

describe('malformed documents', () => {
  const defaults = new XMLParser({ ignoreAttributes: false });

  test('are many', () => {
    expect(MALFORMED_DOCUMENTS.length).toBeGreaterThanOrEqual(15);
  });

  test.each(MALFORMED_DOCUMENTS)('with %s are read by fast-xml-parser and refused by the gate', (_defect, text) => {
    expect(() => defaults.parse(text) as unknown).not.toThrow();
    const refused = refusalOf(text);
    expect(refused.reason).toBe('malformed');
    expect(refused.line).toBeGreaterThanOrEqual(1);
    expect(refused.column).toBeGreaterThanOrEqual(1);
  });
});

function refusalOf(text: string): DocumentRefusedError {
  try {
    gate(text);
  } catch (error) {
    if (error instanceof DocumentRefusedError) return error;
    throw error;
  }
  throw new Error('the gate accepted it');
}

describe('any bytes', () => {
  const corpus = readdirSync(ACCEPTED).map((name) => readFileSync(new URL(name, ACCEPTED)));

  function isReadOrRefused(bytes: Uint8Array): void {
    try {
      gate(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(DocumentRefusedError);
    }
  }

  test('are read or refused, and nothing else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isReadOrRefused), { numRuns: 500 });
  });

  test('of a good document with some overwritten are read or refused, and nothing else', () => {
    const change = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(...Buffer.from('<>&;"\'/!?[]:= ')), fc.nat(255)));
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(change, { minLength: 1, maxLength: 4 }), (original, changes) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        isReadOrRefused(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('any tree', () => {
  const name = fc.stringMatching(/^[A-Za-zäλд_][A-Za-z0-9._-]{0,8}$/);
  const namespace = fc.constantFrom(
    '',
    'urn:example:a',
    'urn:example:b',
    'http://schemas.microsoft.com/2006/09/rtc/cwa',
  );
  const text = fc
    .string({ unit: 'binary', maxLength: 20 })
    // eslint-disable-next-line no-control-regex -- what XML cannot carry, and what a reader normalises
    .map((value) => value.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, ''));
  const attributes = fc
    .uniqueArray(fc.record({ name, namespace, value: text }), {
      maxLength: 4,
      selector: (attribute) => `${attribute.namespace} ${attribute.name}`,
    })
    .map((list) => list.filter((attribute) => !/^xml/i.test(attribute.name)));
  const { element } = fc.letrec<{ element: XmlElement; children: XmlNode[] }>((tie) => ({
    element: fc.record({ name, namespace, attributes, children: tie('children') }),
    children: fc.array(
      fc.oneof(
        { maxDepth: 4 },
        text.filter((value) => value !== ''),
        tie('element'),
      ),
      { maxLength: 4 },
    ),
  }));
  const document = fc
    .array(element, { maxLength: 5 })
    .map((children) => ({ name: 'cwaEvents', namespace: '', attributes: [], children }));

  test('is read as it was written', () => {
    fc.assert(
      fc.property(document, (tree) => {
        expect(gate(serializeXml(tree))).toEqual(withJoinedTexts(tree));
      }),
      { numRuns: 300 },
    );
  });

  test('reads the same with fast-xml-parser', () => {
    fc.assert(
      fc.property(document, (tree) => {
        const written = serializeXml(tree);
        expect(gate(written)).toEqual(withoutRootIndentation(readByOracle(written)));
      }),
      { numRuns: 200 },
    );
  });

  test('is refused when its end is missing', () => {
    fc.assert(
      fc.property(document, fc.nat(), (tree, at) => {
        const bytes = Buffer.from(serializeXml(tree));
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => gate(cut)).toThrow(DocumentRefusedError);
      }),
      { numRuns: 300 },
    );
  });
});

function withJoinedTexts(element: XmlElement): XmlElement {
  const children: XmlNode[] = [];
  for (const child of element.children) {
    const last = children.at(-1);
    if (typeof child !== 'string') children.push(withJoinedTexts(child));
    else if (typeof last === 'string') children[children.length - 1] = last + child;
    else children.push(child);
  }
  return { ...element, children };
}
