/**
 * The simulator's own model of XML. It is built by code, written by `xml-writer.ts` and put into canonical text by
 * `canonical-text.ts`; nothing here is ever read from a document, so that a mistake of the client's reader cannot be
 * repeated on this side.
 */

export interface Attribute {
  /** Local name. */
  readonly name: string;
  /** Namespace URI, or "" for none. */
  readonly namespace: string;
  readonly value: string;
}

export interface Element {
  /** Local name. */
  readonly name: string;
  /** Namespace URI, or "" for none. */
  readonly namespace: string;
  readonly attributes: readonly Attribute[];
  /** Elements and text in document order. */
  readonly children: readonly Node[];
  /** Write the element with this prefix instead of a default namespace. Without meaning for the canonical text. */
  readonly prefix?: string;
  /** Write the text as CDATA where that keeps it unchanged. Without meaning for the canonical text. */
  readonly cdata?: boolean;
}

export type Node = Element | string;

/** Attribute values by name; a name with a namespace is `{namespace}name`. An undefined value leaves it out. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes elements of one namespace; a single text may stand for the list of children. */
export type Vocabulary = (name: string, attributes?: Attributes, children?: readonly Node[] | string) => Element;

/** The element maker of a namespace ("" for none), with an optional prefix to write its elements with. */
export function vocabulary(namespace: string, prefix?: string): Vocabulary {
  return (name, attributes = {}, children = []) => ({
    name,
    namespace,
    attributes: attributesOf(attributes),
    children: typeof children === 'string' ? textChildren(children) : children,
    ...(prefix === undefined ? {} : { prefix }),
  });
}

/** Elements without a namespace: the envelope and the events of CWA. */
export const plain = vocabulary('');

/** The same element with one more attribute in front. */
export function withAttribute(element: Element, name: string, value: string): Element {
  return { ...element, attributes: [{ name, namespace: '', value }, ...element.attributes] };
}

function attributesOf(attributes: Attributes): readonly Attribute[] {
  const list: Attribute[] = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    const end = key.lastIndexOf('}');
    const namespace = end < 0 ? '' : key.slice(1, end);
    list.push({ name: key.slice(end + 1), namespace, value: String(value) });
  }
  return list;
}

function textChildren(text: string): readonly Node[] {
  return text === '' ? [] : [text];
}

/** The child elements, without text. */
export function elementChildren(element: Element): readonly Element[] {
  return element.children.filter((child): child is Element => typeof child !== 'string');
}
