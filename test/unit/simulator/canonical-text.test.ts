import { describe, expect, test } from 'vitest';

import { canonicalText, digestOf } from '../../../src/simulator/canonical-text.ts';
import { plain, vocabulary, withAttribute } from '../../../src/simulator/xml-node.ts';

describe('canonicalText', () => {
  test('is <{namespace}name {namespace}attribute="value">children</>', () => {
    const el = vocabulary('urn:x', 'p');
    const model = withAttribute(plain('user', { uri: 'sip:a' }, [el('x', { '{urn:y}b': 1, a: 2 }, 't')]), 'eid', '7');
    expect(canonicalText(model)).toBe('<{}user {}eid="7" {}uri="sip:a"><{urn:x}x {urn:y}b="1" {}a="2">t</></>');
  });

  test('orders attributes by {namespace}name and UTF-16 code unit', () => {
    const model = plain('a', { b: 1, B: 2, '{z}a': 3, '{Z}a': 4, '\u{10000}': 5, '\uffee': 6 });
    expect(canonicalText(model)).toBe('<{}a {Z}a="4" {z}a="3" {}B="2" {}b="1" {}\u{10000}="5" {}\uffee="6"></>');
  });

  test('escapes & < " and nothing else', () => {
    expect(canonicalText(plain('a', { b: '&<">\'\t\n' }, '&<">\'\r]]>'))).toBe(
      '<{}a {}b="&amp;&lt;&quot;>\'\t\n">&amp;&lt;&quot;>\'\r]]></>',
    );
  });

  test('drops white-space-only text only where there are child elements', () => {
    expect(canonicalText(plain('a', {}, [' \n', plain('b', {}, ' \n'), 'x ']))).toBe('<{}a><{}b> \n</>x </>');
  });
});

describe('digestOf', () => {
  test('is the beginning of SHA-256 over the UTF-8 of the canonical text', () => {
    // printf '<{}a {}b="é"></>' | sha256sum
    expect(digestOf(plain('a', { b: 'é' }))).toBe('4e96321adcfed040');
  });
});
