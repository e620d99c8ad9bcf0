import { XMLParser } from 'fast-xml-parser';

import type { XmlAttribute, XmlElement, XmlNode } from '../../src/lib/xml.ts';

/**
 * fast-xml-parser as an independent second reader: its ordered tree, turned into ours. Only for documents that are
 * known to be well-formed; for others it answers something, which is the point of the table of malformed documents.
 *
 * It takes the markup apart and no more. References and white space in values are replaced here by the few rules of
 * XML 1.0 (§3.3.3, §4.6), because fast-xml-parser replaces references first and leaves line ends in values alone. The
 * names of namespaces are trimmed, as the gate does.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  cdataPropName: '#cdata',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: false,
  maxNestedTags: 1_000,
  onDangerousProperty: (name) => name,
});

type OrderedNode = Readonly<Record<string, unknown>>;
type Scope = ReadonlyMap<string, string>;

/** Names that the parser refuses to read, because it makes properties of them; they are read with a mark inside. */
const UNREADABLE_NAMES = /(?<=_)_proto__|(?<=c)onstructor|(?<=p)rototype/g;
const MARK = '\uF8FF';
/** To the parser U+FEFF is white space, to XML it is a character of names; it is read as another one. */
const FEFF_STAND_IN = '\uF8FE';

/** The parser loses its way at a quote in a processing instruction. */
const INSTRUCTIONS = /<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>/gs;

/** @param text an accepted document, without byte-order mark. */
export function readByOracle(text: string): XmlElement {
  const readable = text
    .replace(INSTRUCTIONS, (markup) => (markup.startsWith('<?') ? '' : markup))
    .replace(UNREADABLE_NAMES, `${MARK}$&`)
    .replaceAll('\uFEFF', FEFF_STAND_IN);
  const nodes = parser.parse(readable) as readonly OrderedNode[];
  const outermost = new Map([
    ['', ''],
    ['xml', 'http://www.w3.org/XML/1998/namespace'],
  ]);
  const elements = nodes.map((node) => nodeOf(node, outermost)).filter((node) => typeof node !== 'string');
  const [root] = elements;
  if (root === undefined || elements.length !== 1) throw new Error('not one root element');
  return root;
}

function nodeOf(node: OrderedNode, outer: Scope): XmlNode {
  if (typeof node['#text'] === 'string') return withoutReferences(node['#text']);
  if (Array.isArray(node['#cdata'])) return cdataOf(node['#cdata'] as readonly OrderedNode[]);
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined) throw new Error('a node without name');
  const written = Object.entries((node[':@'] ?? {}) as Record<string, string>).map(
    ([key, value]) => [key, withoutReferences(value.replace(/[\t\n]/g, ' '))] as const,
  );
  const scope = new Map(outer);
  for (const [key, value] of written) {
    if (key === 'xmlns') scope.set('', value.trim());
    if (key.startsWith('xmlns:')) scope.set(key.slice(6), value.trim());
  }
  const attributes: XmlAttribute[] = written
    .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
    .map(([key, value]) => ({ ...resolved(key, scope, false), value }));
  const children = (node[name] as readonly OrderedNode[]).map((child) => nodeOf(child, scope));
  return { ...resolved(name, scope, true), attributes, children: merged(children) };
}

function cdataOf(nodes: readonly OrderedNode[]): string {
  return nodes.map((node) => unmarked(node['#text'] as string)).join('');
}

function resolved(marked: string, scope: Scope, isElement: boolean): { name: string; namespace: string } {
  const name = unmarked(marked);
  const colon = name.indexOf(':');
  if (colon === -1) return { name, namespace: isElement ? (scope.get('') ?? '') : '' };
  return { name: name.slice(colon + 1), namespace: scope.get(name.slice(0, colon)) ?? '' };
}

function unmarked(text: string): string {
  return text.replaceAll(MARK, '').replaceAll(FEFF_STAND_IN, '\uFEFF');
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Each reference once: what comes out of one is not looked at again. */
function withoutReferences(text: string): string {
  return unmarked(text).replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi, (all, hex, decimal, name) => {
    if (typeof hex === 'string') return String.fromCodePoint(Number.parseInt(hex, 16));
    if (typeof decimal === 'string') return String.fromCodePoint(Number.parseInt(decimal, 10));
    return PREDEFINED[String(name)] ?? all;
  });
}

/** Adjacent texts are one text, and an empty one is none. */
function merged(children: readonly XmlNode[]): readonly XmlNode[] {
  const result: XmlNode[] = [];
  for (const child of children) {
    const last = result.at(-1);
    if (typeof child === 'string' && typeof last === 'string') result[result.length - 1] = last + child;
    else if (child !== '') result.push(child);
  }
  return result;
}
