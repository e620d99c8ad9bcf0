import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';

import { canonicalText } from '../../../src/simulator/canonical-text.ts';
import { plain, vocabulary, type Element, type Node } from '../../../src/simulator/xml-node.ts';
import { writeXml, type WireStyle } from '../../../src/simulator/xml-writer.ts';

const XSI = '{http://www.w3.org/2001/XMLSchema-instance}';

/** The model of a document, read by a conforming parser. */
function read(xml: string): Element {
  const parser = new SaxesParser({ xmlns: true });
  const open: { element: Omit<Element, 'children'>; children: Node[] }[] = [];
  let root: Element | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const own = Object.values(attributes).filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns');
    const list = own.map(({ local: name, uri: namespace, value }) => ({ name, namespace, value }));
    open.push({ element: { name: local, namespace: uri, attributes: list }, children: [] });
  });
  const take = (text: string): void => void open.at(-1)?.children.push(text);
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const element = { ...closed.element, children: closed.children };
    if (open.length === 0) root = element;
    open.at(-1)?.children.push(element);
  });
  parser.write(xml).close();
  if (root === undefined) throw new Error('no root');
  return root;
}

const character = fc.oneof(
  fc.constantFrom(
    '&',
    '<',
    '>',
    '"',
    "'",
    '\t',
    '\n',
    '\r',
    ' ',
    ']',
    'é',
    'e\u0301',
    '𝒵',
    '👩‍🔬',
    'ק',
    '\u0085',
    '\u2028',
  ),
  fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme-ascii' }),
);
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''));
const name = fc.constantFrom('a', 'state', 'Ünï', 'x-1', '_y', 'z.z');
const namespace = fc.constantFrom('', 'urn:a', 'urn:b', 'http://x.example/?a=1&b="2"', '...');

const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .record({
      name,
      namespace,
      prefix: fc.option(fc.constantFrom('p', 'q'), { nil: undefined }),
      cdata: fc.boolean(),
      attributes: fc.uniqueArray(fc.record({ name, namespace, value: text }), {
        maxLength: 3,
        selector: (attribute) => `${attribute.namespace} ${attribute.name}`,
      }),
      children: fc.oneof(
        { depthSize: 'small' },
        text.map((content): Node[] => (content === '' ? [] : [content])),
        fc.array(tie('element'), { maxLength: 3 }),
        fc.tuple(text, tie('element')).map(([content, child]): Node[] => (content === '' ? [child] : [content, child])),
      ),
    })
    .map(({ prefix, ...rest }): Element => (prefix === undefined ? rest : { ...rest, prefix })),
}));

describe('writeXml', () => {
  test.each(['indented', 'compact'] as const)('gives a conforming reader the same canonical text back: %s', (style) => {
    fc.assert(
      fc.property(element, (model) => {
        expect(canonicalText(joinText(read(writeXml(model, style))))).toBe(canonicalText(joinText(model)));
      }),
    );
  });

  test('indents the elements without namespace and leaves what is inside a document alone', () => {
    const el = vocabulary('urn:x');
    const model = plain('user', { uri: 'sip:a' }, [
      plain('c', {}, [el('x', {}, [el('y'), el('z', {}, ' t ')])]),
      plain('d'),
    ]);
    expect(writeXml(model, 'indented', 1)).toBe(
      '<user uri="sip:a">\n    <c>\n      <x xmlns="urn:x"><y/><z> t </z></x>\n    </c>\n    <d/>\n  </user>',
    );
  });

  test('writes nothing that was not in the model when compact', () => {
    expect(writeXml(plain('a', {}, [plain('b', {}, [plain('c')])]), 'compact')).toBe('<a><b><c/></b></a>');
  });

  test('keeps text that only looks like indentation', () => {
    expect(writeXml(plain('a', {}, [plain('b', {}, ' \n ')]), 'indented')).toBe('<a>\n  <b> \n </b>\n</a>');
    expect(writeXml(plain('a', {}, ['x', plain('b')]), 'indented')).toBe('<a>x<b/></a>');
  });

  test('declares a namespace where it is first needed, and the empty one inside another', () => {
    const st = vocabulary('urn:x', 'st');
    expect(writeXml(st('state', { [`${XSI}type`]: 'st:t' }, [st('availability')]), 'compact')).toBe(
      '<st:state xsi:type="st:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:st="urn:x"><st:availability/></st:state>',
    );
    expect(writeXml(vocabulary('urn:x')('a', {}, [plain('b')]), 'compact')).toBe('<a xmlns="urn:x"><b xmlns=""/></a>');
  });

  test.each(['\u0000', '\u0008', '\u001f', '\ufffe', '\ud800'])(
    'refuses the character %j, which XML cannot carry',
    (bad) => {
      for (const style of ['indented', 'compact'] satisfies WireStyle[]) {
        expect(() => writeXml(plain('a', {}, `x${bad}`), style)).toThrow(TypeError);
        expect(() => writeXml(plain('a', { b: bad }), style)).toThrow(TypeError);
        expect(() => writeXml({ ...plain('a', {}, bad), cdata: true }, style)).toThrow(TypeError);
      }
    },
  );

  test('writes CDATA where that keeps the text, and references where it would not', () => {
    expect(writeXml({ ...plain('a', {}, 'b ]]> & c'), cdata: true }, 'compact')).toBe(
      '<a><![CDATA[b ]]]]><![CDATA[> & c]]></a>',
    );
    expect(writeXml({ ...plain('a', {}, 'b\r\n&'), cdata: true }, 'compact')).toBe('<a>b&#13;\n&amp;</a>');
  });
});

/** Adjacent texts as one, as the canonical text sees them. */
function joinText(model: Element): Element {
  const children: Node[] = [];
  for (const child of model.children) {
    const last = children.at(-1);
    if (typeof child === 'string' && typeof last === 'string') children[children.length - 1] = last + child;
    else children.push(typeof child === 'string' ? child : joinText(child));
  }
  return { ...model, children };
}
