import { hash } from 'node:crypto';

import type { Attribute, Element } from './xml-node.ts';

/**
 * The canonical text of an event, which its digest in the ledger is made of:
 *
 *     <{namespace}name {namespace}attribute="value">children</>
 *
 * Attributes in ascending order of `{namespace}name` by UTF-16 code unit, a blank before each; `&`, `<` and `"` written
 * as `&amp;`, `&lt;` and `&quot;` in values and text; no namespace is `{}`; white-space-only text is dropped where the
 * element has child elements. So indentation, prefixes, the order of attributes and CDATA do not change it.
 */
export function canonicalText(element: Element): string {
  let text = `<{${element.namespace}}${element.name}`;
  for (const attribute of sorted(element.attributes)) {
    text += ` ${expandedName(attribute)}="${escape(attribute.value)}"`;
  }
  text += '>';
  const hasElements = element.children.some((child) => typeof child !== 'string');
  for (const child of element.children) {
    if (typeof child !== 'string') text += canonicalText(child);
    else if (!hasElements || /[^ \t\r\n]/.test(child)) text += escape(child);
  }
  return `${text}</>`;
}

/** The first 16 hexadecimal digits of SHA-256 over the UTF-8 of the canonical text. */
export function digestOf(element: Element): string {
  return hash('sha256', canonicalText(element), 'hex').slice(0, 16);
}

function sorted(attributes: readonly Attribute[]): readonly Attribute[] {
  if (attributes.length < 2) return attributes;
  return attributes.toSorted((a, b) => (expandedName(a) < expandedName(b) ? -1 : 1));
}

function expandedName({ namespace, name }: Attribute): string {
  return `{${namespace}}${name}`;
}

function escape(text: string): string {
  if (!/[&<"]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
