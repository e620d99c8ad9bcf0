import { XMLParser } from 'fast-xml-parser';

import type { XmlAttribute, XmlElement, XmlNode } from '../../src/lib/xml.ts';

/**
 * fast-xml-parser as an independent second reader: its ordered tree, turned into ours. Only for documents that are
 * known to be well-formed; for others it answers something, which is the point of the table of malformed documents.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: true,
  htmlEntities: true,
});

type OrderedNode = Readonly<Record<string, unknown>>;
type Scope = ReadonlyMap<string, string>;

export function readByOracle(text: string): XmlElement {
  const nodes = parser.parse(text) as readonly OrderedNode[];
  const elements = nodes.map((node) => nodeOf(node, new Map([['', '']]))).filter((node) => typeof node !== 'string');
  const [root] = elements;
  if (root === undefined || elements.length !== 1) throw new Error('not one root element');
  return root;
}

function nodeOf(node: OrderedNode, outer: Scope): XmlNode {
  if (typeof node['#text'] === 'string') return node['#text'];
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined) throw new Error('a node without name');
  const written = Object.entries((node[':@'] ?? {}) as Record<string, string>);
  const scope = new Map(outer);
  for (const [key, value] of written) {
    if (key === 'xmlns') scope.set('', value);
    if (key.startsWith('xmlns:')) scope.set(key.slice(6), value);
  }
  const attributes: XmlAttribute[] = written
    .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
    .map(([key, value]) => ({ ...resolved(key, scope, false), value }));
  const children = (node[name] as readonly OrderedNode[]).map((child) => nodeOf(child, scope));
  return { ...resolved(name, scope, true), attributes, children: merged(children) };
}

function resolved(name: string, scope: Scope, isElement: boolean): { name: string; namespace: string } {
  const colon = name.indexOf(':');
  if (colon === -1) return { name, namespace: isElement ? (scope.get('') ?? '') : '' };
  return { name: name.slice(colon + 1), namespace: scope.get(name.slice(0, colon)) ?? '' };
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
