import { XSI_NAMESPACE } from '../cwa/protocol.ts';
import type { Attribute, Element } from './xml-node.ts';

/**
 * `indented`: line breaks and blanks between the elements of the envelope, none inside category documents, as live
 * servers wrote it (transport §2.3). `compact`: no white space that was not in the model.
 */
export type WireStyle = 'indented' | 'compact';

/** What is declared around an element: the default namespace, and prefixes by namespace. */
interface Scope {
  readonly defaultNamespace: string;
  readonly prefixes: ReadonlyMap<string, string>;
}

const OUTERMOST: Scope = { defaultNamespace: '', prefixes: new Map() };

/**
 * An element as XML text, without declaration. The line breaks of the indented style stand inside the element only;
 * the caller places the first line.
 *
 * @param depth how many elements are around it: decides the indentation.
 * @throws {@link TypeError} for text that XML cannot carry (control characters, lone surrogates).
 */
export function writeXml(element: Element, style: WireStyle, depth = 0): string {
  return writeElement(element, style, depth, OUTERMOST);
}

/** The line break and blanks that come before an element at `depth`. */
export function lineBreak(style: WireStyle, depth: number): string {
  return style === 'compact' ? '' : `\n${'  '.repeat(depth)}`;
}

/** `name="value"` with a blank in front. */
export function writeAttribute(name: string, value: string): string {
  return ` ${name}="${escapeAttribute(value)}"`;
}

function writeElement(element: Element, style: WireStyle, depth: number, outer: Scope): string {
  const { scope, declarations, name } = enter(element, outer);
  const attributes = writeAttributes(element.attributes, scope);
  const tag = `<${name}${attributes.text}${attributes.declarations}${declarations}`;
  if (element.children.length === 0) return `${tag}/>`;
  const inner = attributes.scope;
  const isIndented = style === 'indented' && element.namespace === '' && element.children.every(isElement);
  let body = '';
  for (const child of element.children) {
    if (typeof child === 'string') body += element.cdata === true ? writeCdata(child) : escapeText(child);
    else body += (isIndented ? lineBreak(style, depth + 1) : '') + writeElement(child, style, depth + 1, inner);
  }
  return `${tag}>${body}${isIndented ? lineBreak(style, depth) : ''}</${name}>`;
}

function isElement(child: Element | string): boolean {
  return typeof child !== 'string';
}

function enter(element: Element, outer: Scope): { scope: Scope; declarations: string; name: string } {
  const { name, namespace, prefix } = element;
  if (prefix !== undefined && namespace !== '') {
    const qualified = `${prefix}:${name}`;
    if (outer.prefixes.get(namespace) === prefix) return { scope: outer, declarations: '', name: qualified };
    const scope = bind(outer, namespace, prefix);
    return { scope, declarations: writeAttribute(`xmlns:${prefix}`, namespace), name: qualified };
  }
  if (namespace === outer.defaultNamespace) return { scope: outer, declarations: '', name };
  const scope = { ...outer, defaultNamespace: namespace };
  return { scope, declarations: writeAttribute('xmlns', namespace), name };
}

/** Declarations come after the attributes that need them: seen in a captured answer, and legal XML. */
function writeAttributes(attributes: readonly Attribute[], outer: Scope): AttributesText {
  let text = '';
  let declarations = '';
  let scope = outer;
  for (const { name, namespace, value } of attributes) {
    if (namespace === '') {
      text += writeAttribute(name, value);
      continue;
    }
    let prefix = scope.prefixes.get(namespace);
    if (prefix === undefined) {
      prefix = freePrefix(scope, namespace === XSI_NAMESPACE ? 'xsi' : 'ns');
      scope = bind(scope, namespace, prefix);
      declarations += writeAttribute(`xmlns:${prefix}`, namespace);
    }
    text += writeAttribute(`${prefix}:${name}`, value);
  }
  return { text, declarations, scope };
}

/** The scope with one more prefix. Another namespace that had it can no longer be named by it. */
function bind(outer: Scope, namespace: string, prefix: string): Scope {
  const kept = [...outer.prefixes].filter(([, other]) => other !== prefix);
  return { ...outer, prefixes: new Map(kept).set(namespace, prefix) };
}

/** The wanted prefix, with a number if it is taken. */
function freePrefix({ prefixes }: Scope, wanted: string): string {
  const taken = new Set(prefixes.values());
  let prefix = wanted;
  for (let number = 1; taken.has(prefix); number += 1) prefix = `${wanted}${String(number)}`;
  return prefix;
}

interface AttributesText {
  readonly text: string;
  readonly declarations: string;
  readonly scope: Scope;
}

/** A carriage return would be read as a line feed inside CDATA, so such text is escaped as usual. */
function writeCdata(text: string): string {
  if (text.includes('\r')) return escapeText(text);
  refuseIllegal(text);
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escapeText(text: string): string {
  refuseIllegal(text);
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, entity) : text;
}

/** Tab, line feed and carriage return would be read as blanks in an attribute, so they are written as references. */
function escapeAttribute(text: string): string {
  refuseIllegal(text);
  return /[&<"\t\n\r]/.test(text) ? text.replace(/[&<"\t\n\r]/g, entity) : text;
}

function entity(character: string): string {
  return ENTITIES[character] ?? character;
}

// eslint-disable-next-line no-control-regex -- the characters that XML 1.0 §2.2 leaves out
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

function refuseIllegal(text: string): void {
  if (ILLEGAL.test(text) || !text.isWellFormed()) {
    throw new TypeError(`XML cannot carry the text ${JSON.stringify(text)}: leave out its control characters`);
  }
}
