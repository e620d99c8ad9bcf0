/**
 * Reads what clients POST. Requests are small documents of a fixed kind, so this is a reader for elements, attributes,
 * text, CDATA, comments and references, and for nothing else. It is the simulator's own: the client writes requests
 * with one library and reads answers with another, and a mistake of either must not be repeated here.
 */

/** An element of a request. */
export interface RequestElement {
  /** Local name as written. */
  readonly name: string;
  /** "" without one. */
  readonly prefix: string;
  /** By name in lower case, prefix included: the spelling varies among clients (transport §2.3). */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly RequestElement[];
  /** The text directly inside. */
  readonly text: string;
}

/** The text of a request that is not what it should be. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** Elements inside one another; requests have about five. */
const DEPTH_MAX = 50;

const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const ATTRIBUTE = `\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const TOKEN = new RegExp(
  [
    '<!--[\\s\\S]*?-->|<\\?[\\s\\S]*?\\?>',
    '<!\\[CDATA\\[(?<cdata>[\\s\\S]*?)\\]\\]>',
    `</(?<end>${NAME})\\s*>`,
    `<(?<start>${NAME})(?<attributes>(?:${ATTRIBUTE})*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'uy',
);
const ATTRIBUTES = new RegExp(`(?<name>${NAME})\\s*=\\s*(?<value>"[^"]*"|'[^']*')`, 'gu');

/** An element that is still being read. */
interface OpenElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: RequestElement[];
  text: string;
}

/**
 * Reads a `cwaRequests` document.
 *
 * @throws {@link RequestError} if the text is not well-formed or has another root.
 */
export function readRequests(source: string): RequestElement {
  const root = readDocument(source.replace(/^\uFEFF/, ''));
  if (root.name.toLowerCase() === 'cwarequests') return root;
  throw new RequestError(`the root is ${root.name}, not cwaRequests`);
}

/** The namespace of a root element, "" for none. */
export function namespaceOf({ prefix, attributes }: RequestElement): string {
  return attributes.get(prefix === '' ? 'xmlns' : `xmlns:${prefix.toLowerCase()}`) ?? '';
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

function readDocument(source: string): RequestElement {
  const top: OpenElement = { tag: '', attributes: new Map(), children: [], text: '' };
  const open: OpenElement[] = [top];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) throw new RequestError(`not well-formed at character ${String(at)}`);
    take(match.groups ?? {}, open, at);
    at = TOKEN.lastIndex;
  }
  const [root, ...others] = top.children;
  if (open.length > 1 || root === undefined || others.length > 0 || top.text.trim() !== '') {
    throw new RequestError('not well-formed: there is not exactly one complete root element');
  }
  return root;
}

/** Takes one token into account. A token without a group is a comment or a declaration. */
function take(token: Readonly<Record<string, string | undefined>>, open: OpenElement[], at: number): void {
  const current = open.at(-1);
  if (current === undefined) throw new RequestError(`not well-formed at character ${String(at)}`);
  if (token.text !== undefined) current.text += resolve(token.text, at);
  if (token.cdata !== undefined) current.text += token.cdata;
  if (token.start !== undefined) {
    open.push({
      tag: token.start,
      attributes: readAttributes(token.attributes ?? '', at),
      children: [],
      text: '',
    });
    if (open.length > DEPTH_MAX) throw new RequestError(`too deep at character ${String(at)}`);
  }
  const isEnd = token.end !== undefined || token.empty === '/';
  if (isEnd) close(open, token.end ?? token.start ?? '', at);
}

function close(open: OpenElement[], tag: string, at: number): void {
  const closed = open.pop();
  const parent = open.at(-1);
  if (closed?.tag !== tag || parent === undefined) {
    throw new RequestError(`not well-formed: unexpected end of ${tag} at character ${String(at)}`);
  }
  const [prefix, name] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag];
  const { attributes, children, text } = closed;
  parent.children.push({ name, prefix, attributes, children, text });
}

function readAttributes(source: string, at: number): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const { groups = {} } of source.matchAll(ATTRIBUTES)) {
    const name = (groups.name ?? '').toLowerCase();
    if (attributes.has(name)) throw new RequestError(`not well-formed: ${name} twice at character ${String(at)}`);
    attributes.set(name, resolve((groups.value ?? '').slice(1, -1), at));
  }
  return attributes;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its references replaced; line ends are read as XML wants it (§2.11). */
function resolve(source: string, at: number): string {
  const text = source.replaceAll(/\r\n?/g, '\n');
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));|&/g, (match, decimal, hex, name) => {
    const code =
      typeof decimal === 'string' ? Number(decimal) : typeof hex === 'string' ? Number.parseInt(hex, 16) : null;
    const value = code === null ? NAMED[String(name)] : characterOf(code);
    if (value === undefined) throw new RequestError(`not well-formed: ${match} near character ${String(at)}`);
    return value;
  });
}

function characterOf(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
