import type { Random } from '../../../src/simulator/random.ts';
import { ATTRIBUTES, CHARACTERS, CONTENT, DECLARATIONS, NAMES, type SnippetPool } from './snippets.ts';

/** Changes of a text that know where tags begin and end. A document in which they find no place stays as it is. */
export type TokenChange = (text: string, random: Random) => string;

/** So many snippets are taken from the harmless ones: a good share of the mutants is to stay well-formed. */
const HARMLESS_SHARE = 0.85;

function snippet(pool: SnippetPool, random: Random): string {
  return random.pick(random.chance(HARMLESS_SHARE) ? pool.harmless : pool.harmful);
}

/** Markup as far as a regular expression can tell it; whatever the text is, its tokens joined are the text. */
function tokensOf(text: string): string[] {
  return text.match(/<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^<>]*>|[^<]+|</gs) ?? [];
}

const isStartTag = (token: string): boolean => /^<[^/!?<>][^<>]*>$/s.test(token);
const isEndTag = (token: string): boolean => token.startsWith('</');
const isEmptyTag = (token: string): boolean => isStartTag(token) && token.endsWith('/>');
const isText = (token: string): boolean => !token.startsWith('<');

/** One change of one token that fits, drawn by lot. */
function onToken(fits: (token: string) => boolean, change: (token: string, random: Random) => string): TokenChange {
  return (text, random) => {
    const tokens = tokensOf(text);
    const places = [...tokens.keys()].filter((at) => fits(tokens[at] ?? ''));
    if (places.length === 0) return text;
    const at = random.pick(places);
    tokens[at] = change(tokens[at] ?? '', random);
    return tokens.join('');
  };
}

/** One change of one element below the root; it is handed over as its tokens. */
function onElement(change: (element: readonly string[], random: Random) => readonly string[]): TokenChange {
  return (text, random) => {
    const tokens = tokensOf(text);
    const places = [...tokens.keys()].filter((at) => isStartTag(tokens[at] ?? '')).slice(1);
    if (places.length === 0) return text;
    const first = random.pick(places);
    const after = endOfElement(tokens, first);
    tokens.splice(first, after - first, ...change(tokens.slice(first, after), random));
    return tokens.join('');
  };
}

/** The index behind the last token of the element that begins at `first`. */
function endOfElement(tokens: readonly string[], first: number): number {
  let depth = 0;
  let at = first;
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    if (isEndTag(token)) depth -= 1;
    else if (isStartTag(token) && !isEmptyTag(token)) depth += 1;
    at += 1;
    if (depth <= 0) break;
  }
  return at;
}

/** A text with something at a place drawn by lot, never inside a character. */
function inserted(text: string, what: string, random: Random): string {
  const characters = Array.from(text);
  characters.splice(random.below(characters.length + 1), 0, what);
  return characters.join('');
}

function withName(tag: string, name: string): string {
  return tag.replace(/^<(\/?)[^\s/>]*/, (_old, slash: string) => `<${slash}${name}`);
}

function openedOrClosed(tag: string): string {
  return isEmptyTag(tag) ? `${tag.slice(0, -2)}></${/^<([^\s/>]*)/.exec(tag)?.[1] ?? ''}>` : tag;
}

export const TOKEN_CHANGES: readonly (readonly [what: string, change: TokenChange])[] = [
  [
    'put something between two tokens',
    (text, random) => {
      const tokens = tokensOf(text);
      tokens.splice(random.between(1, Math.max(1, tokens.length - 1)), 0, snippet(CONTENT, random));
      return tokens.join('');
    },
  ],
  ['put something into a text', onToken(isText, (text, random) => inserted(text, snippet(CONTENT, random), random))],
  [
    'put a character into a text',
    onToken(isText, (text, random) => inserted(text, snippet(CHARACTERS, random), random)),
  ],
  [
    'put a character into a value',
    onToken(isStartTag, (tag, random) =>
      tag.replace(/(["'])(.*?)\1/s, (_all, quote: string, value: string) => {
        return `${quote}${inserted(value, snippet(CHARACTERS, random), random)}${quote}`;
      }),
    ),
  ],
  [
    'put a character anywhere',
    (text, random) => (random.chance(0.2) ? inserted(text, snippet(CHARACTERS, random), random) : text),
  ],
  [
    'add to a start tag',
    onToken(isStartTag, (tag, random) => tag.replace(/\s*\/?>$/, (end) => snippet(ATTRIBUTES, random) + end)),
  ],
  [
    'begin a start tag with an attribute',
    onToken(isStartTag, (tag, random) => tag.replace(/^<[^\s/>]*/, (name) => name + snippet(ATTRIBUTES, random))),
  ],
  ['repeat an attribute', onToken(isStartTag, (tag) => tag.replace(/\s[^\s=]+="[^"]*"/, (one) => one + one))],
  [
    'rename an element',
    onElement((element, random) => {
      const name = snippet(NAMES, random);
      const [first = '', ...rest] = element;
      const last = rest.pop();
      return last === undefined ? [withName(first, name)] : [withName(first, name), ...rest, withName(last, name)];
    }),
  ],
  [
    'rename one tag',
    onToken(
      (token) => /^<[^!?]/.test(token),
      (tag, random) => (random.chance(0.2) ? withName(tag, snippet(NAMES, random)) : tag),
    ),
  ],
  ['repeat an element', onElement((element) => [...element, ...element])],
  ['remove an element', onElement(() => [])],
  ['wrap an element', onElement((element) => ['<wrap xmlns="urn:wrap">', ...element, '</wrap>'])],
  ['write an empty element with two tags', onToken(isEmptyTag, openedOrClosed)],
  ['use the other quotes', onToken(isStartTag, (tag) => tag.replace(/"([^"']*)"/g, "'$1'"))],
  ['put blanks around equals signs', onToken(isStartTag, (tag) => tag.replace(/=(?=")/g, ' =\n'))],
  [
    'end a tag with a blank',
    onToken(
      (token) => /^<[^!?].*[^/]>$/s.test(token),
      (tag) => `${tag.slice(0, -1)} >`,
    ),
  ],
  ['end lines as Windows does', (text) => text.replace(/\r?\n/g, '\r\n')],
  ['end lines as old Macs did', (text) => text.replace(/\r?\n/g, '\r')],
  [
    'begin with something else',
    (text, random) => snippet(DECLARATIONS, random) + text.replace(/^\uFEFF?<\?xml.*?\?>/s, ''),
  ],
  [
    'delete a token',
    (text, random) =>
      random.chance(0.3)
        ? onToken(
            () => true,
            () => '',
          )(text, random)
        : text,
  ],
  [
    'repeat a token',
    (text, random) =>
      random.chance(0.3)
        ? onToken(
            () => true,
            (token) => token + token,
          )(text, random)
        : text,
  ],
  [
    'swap two neighbours',
    (text, random) => {
      const tokens = tokensOf(text);
      const at = random.below(Math.max(1, tokens.length - 1));
      return [...tokens.slice(0, at), tokens[at + 1], tokens[at], ...tokens.slice(at + 2)].join('');
    },
  ],
];
