import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element of a request. Requests are small and trusted enough; answers are never read here. */
export interface RequestElement {
  /** Local name as written. */
  readonly name: string;
  /** By local name in lower case: the spelling varies among clients (transport §2.3). */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly RequestElement[];
  /** The text directly inside. */
  readonly text: string;
}

/** The text of a request that is not what it should be. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: true,
  htmlEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * Reads a `cwaRequests` document.
 *
 * @throws {@link RequestError} if the text is not well-formed or has another root.
 */
export function readRequests(text: string): RequestElement {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true)
    throw new RequestError(`not well-formed: ${verdict.err.msg} (line ${String(verdict.err.line)})`);
  if (/<!DOCTYPE/i.test(text)) throw new RequestError('a document type declaration is not allowed');
  const roots = elementsOf(parser.parse(text) as unknown);
  const root = roots[0];
  if (root?.name.toLowerCase() !== 'cwarequests') {
    throw new RequestError(`the root is ${root?.name ?? 'missing'}, not cwaRequests`);
  }
  return root;
}

/** The first child with this name, without regard to case. */
export function childOf(element: RequestElement, name: string): RequestElement | null {
  return element.children.find((child) => child.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** The texts of `uris/uri`, and of `uri` directly inside, trimmed. */
export function urisOf(element: RequestElement): readonly string[] {
  const lists = [element, ...element.children.filter(({ name }) => name.toLowerCase() === 'uris')];
  const uris = lists.flatMap(({ children }) => children.filter(({ name }) => name.toLowerCase() === 'uri'));
  return uris.map(({ text }) => text.trim());
}

function elementsOf(nodes: unknown): readonly RequestElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const entries = Object.entries(node as Record<string, unknown>);
    const named = entries.find(([key]) => key !== ':@' && key !== '#text');
    return named === undefined ? [] : [elementOf(named[0], named[1], attributesIn(entries))];
  });
}

function elementOf(tag: string, content: unknown, attributes: ReadonlyMap<string, string>): RequestElement {
  return { name: localName(tag), attributes, children: elementsOf(content), text: textIn(content) };
}

function attributesIn(entries: readonly (readonly [string, unknown])[]): ReadonlyMap<string, string> {
  const raw = entries.find(([key]) => key === ':@')?.[1] ?? {};
  const pairs = Object.entries(raw as Record<string, unknown>);
  return new Map(pairs.map(([name, value]) => [localName(name).toLowerCase(), String(value)]));
}

function textIn(content: unknown): string {
  if (!Array.isArray(content)) return '';
  const texts = content.map((node: unknown) => (node as Record<string, unknown>)['#text']);
  return texts.filter((text) => typeof text === 'string').join('');
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}
