/**
 * The neutral XML tree: what the document gate hands to everything behind it.
 *
 * Only what the XML information set calls content is here: comments, processing instructions and the difference
 * between CDATA and text are gone, adjacent text is one string, and names are resolved to namespaces. Namespace
 * declarations are not attributes.
 */

export interface XmlAttribute {
  /** Local name, as written. */
  readonly name: string;
  /** Namespace URI, or "" for none: an attribute without prefix has no namespace. */
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  /** Local name, as written. */
  readonly name: string;
  /** Namespace URI, or "" for none. */
  readonly namespace: string;
  /** In document order. */
  readonly attributes: readonly XmlAttribute[];
  /** Elements and text in document order. Text is kept verbatim, white space included. */
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

/** Child elements, without the text between them. */
export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string');
}

/** All text below an element, in document order. */
export function textOf(element: XmlElement): string {
  let text = '';
  for (const child of element.children) text += typeof child === 'string' ? child : textOf(child);
  return text;
}

/**
 * Writes one element as XML that stands on its own: every namespace is declared where it is first needed, prefixes
 * are not kept (they carry no meaning, except inside values, which are kept verbatim).
 */
export function serializeXml(element: XmlElement): string {
  return write(element, '');
}

/** Writes what is inside an element as XML that stands on its own; white space that only indents is left out. */
export function serializeContent({ children }: XmlElement): string {
  const isText = children.some((child) => typeof child === 'string' && /[^ \t\r\n]/.test(child));
  let xml = '';
  for (const child of children) {
    if (typeof child !== 'string') xml += write(child, '');
    else if (isText) xml += escapeText(child);
  }
  return xml;
}

function write(element: XmlElement, inherited: string): string {
  let tag = `<${element.name}`;
  if (element.namespace !== inherited) tag += ` xmlns="${escapeAttribute(element.namespace)}"`;
  const prefixes = new Map<string, string>([['http://www.w3.org/XML/1998/namespace', 'xml']]);
  for (const attribute of element.attributes) {
    if (attribute.namespace === '') {
      tag += ` ${attribute.name}="${escapeAttribute(attribute.value)}"`;
      continue;
    }
    let prefix = prefixes.get(attribute.namespace);
    if (prefix === undefined) {
      prefix =
        attribute.namespace === 'http://www.w3.org/2001/XMLSchema-instance' ? 'xsi' : `n${String(prefixes.size)}`;
      prefixes.set(attribute.namespace, prefix);
      tag += ` xmlns:${prefix}="${escapeAttribute(attribute.namespace)}"`;
    }
    tag += ` ${prefix}:${attribute.name}="${escapeAttribute(attribute.value)}"`;
  }
  if (element.children.length === 0) return `${tag}/>`;
  let body = '';
  for (const child of element.children) {
    body += typeof child === 'string' ? escapeText(child) : write(child, element.namespace);
  }
  return `${tag}>${body}</${element.name}>`;
}

/**
 * The canonical text of an event, which its digest is made of (records §6). Two documents that differ only in
 * indentation, prefixes, attribute order, comments or CDATA have the same canonical text.
 *
 * The form is made to be written again by an independent program in a few lines:
 *
 *     <{namespace}name {namespace}attribute="value">children</>
 *
 * with attributes in ascending order of `{namespace}name` by UTF-16 code unit, `&`, `<` and `"` escaped as `&amp;`,
 * `&lt;` and `&quot;` everywhere, and white-space-only text dropped where the element has child elements.
 */
export function canonicalXml(element: XmlElement): string {
  let text = `<{${element.namespace}}${element.name}`;
  for (const { key, value } of inCanonicalOrder(element.attributes)) text += ` ${key}="${escapeCanonical(value)}"`;
  text += '>';
  const mixed = element.children.some((child) => typeof child !== 'string');
  for (const child of element.children) {
    if (typeof child !== 'string') text += canonicalXml(child);
    else if (!mixed || /[^ \t\r\n]/.test(child)) text += escapeCanonical(child);
  }
  return `${text}</>`;
}

/** Keys are made once and not at each comparison: this runs for every element of every event. */
function inCanonicalOrder(attributes: readonly XmlAttribute[]): readonly { key: string; value: string }[] {
  const keyed = attributes.map(({ name, namespace, value }) => ({ key: `{${namespace}}${name}`, value }));
  return keyed.length < 2 ? keyed : keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escapeText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (c) => ESCAPES[c] ?? c) : text;
}

function escapeAttribute(text: string): string {
  return /[&<"\t\n\r]/.test(text) ? text.replace(/[&<"\t\n\r]/g, (c) => ESCAPES[c] ?? c) : text;
}

function escapeCanonical(text: string): string {
  return /[&<"]/.test(text) ? text.replace(/[&<"]/g, (c) => ESCAPES[c] ?? c) : text;
}
