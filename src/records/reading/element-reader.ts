import { CWA_NAMESPACE, XSI_NAMESPACE } from '../../cwa/protocol.ts';
import { serializeXml, type XmlAttribute, type XmlElement } from '../../lib/xml.ts';
import type { Warning } from '../warnings.ts';
import type { Findings } from './findings.ts';
import { type ReadTime, readTime } from './read-time.ts';
import { parseBoolean, parseInteger, parseLong, tokenOf } from './values.ts';
import { equalsIgnoringCase, isInk, isMarker, localPartOf, type Place, placesOf } from './xml-matching.ts';

const NONE: readonly never[] = [];

/**
 * Reads one element by taking things out of it. What is left at {@link finish} is what the schema does not know, and
 * becomes an extension: so nothing can be dropped by forgetting it.
 *
 * Attributes are found without regard to case if the exact name is missing (§9). Children belong to the shape if they
 * are in the element's own namespace, whatever its letter case (§6.3), in none, or in CWA's; others are extensions.
 * Where a name is repeated that may stand once, the first is read and the others are extensions.
 *
 * A path names an element by its position among its siblings of the same name: `user[0]/cwaCategory[2]/state[0]/@x`.
 */
export class ElementReader {
  readonly element: XmlElement;
  readonly findings: Findings;
  readonly #parent: ElementReader | null;
  readonly #attributes: (XmlAttribute | null)[];
  readonly #children: (XmlElement | null)[] = [];
  /** Made when it is first asked for: of most elements no child has to be looked for. */
  #places: ReadonlyMap<XmlElement, Place> | null = null;
  #text = '';

  constructor(element: XmlElement, parent: ElementReader | null, findings: Findings) {
    this.element = element;
    this.findings = findings;
    this.#parent = parent;
    this.#attributes = [...element.attributes];
    for (const child of element.children) {
      if (typeof child === 'string') this.#text += child;
      else this.#children.push(child);
    }
  }

  /** From the event down, without the event: empty for the event itself. */
  get path(): string {
    return this.#parent === null ? '' : this.#parent.#pathOf(this.element);
  }

  /** Whether there is anything inside: an element, or text that is not white space. */
  get isEmpty(): boolean {
    return this.#children.every((child) => child === null) && !isInk(this.#text);
  }

  /** The element's own text, verbatim. */
  text(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** The element's own text that is one of a set of words, without white space around it (§3.2). */
  textToken(): string {
    return tokenOf(this.text());
  }

  /** Whether the attribute is there and not yet taken. */
  has(name: string): boolean {
    return this.#indexOfAttribute(name) !== -1;
  }

  /** Whether a child of the name is there and not yet taken. */
  hasChild(name: string): boolean {
    return this.#children.some((child) => child?.name === name && this.#isOwn(child));
  }

  /** The value of an attribute, verbatim. */
  attribute(name: string): string | null {
    const index = this.#indexOfAttribute(name);
    const attribute = this.#attributes[index] ?? null;
    if (attribute !== null) this.#attributes[index] = null;
    return attribute?.value ?? null;
  }

  /** The value of an attribute that is one of a set of words, without white space around it (§3.2). */
  token(name: string): string | null {
    const value = this.attribute(name);
    return value === null ? null : tokenOf(value);
  }

  long(name: string): number | bigint | null {
    return this.#parsed(`@${name}`, this.attribute(name), parseLong, 'bad-number');
  }

  integer(name: string): number | null {
    return this.#parsed(`@${name}`, this.attribute(name), parseInteger, 'bad-number');
  }

  boolean(name: string): boolean | null {
    return this.#parsed(`@${name}`, this.attribute(name), parseBoolean, 'bad-boolean');
  }

  time(name: string): ReadTime {
    return readTime(this.attribute(name), this.findings);
  }

  /** The `xsi:type` without its prefix (§6.3); one of another namespace if there is none of its own. */
  xsiType(): string | null {
    const own = this.#attributes.findIndex((a) => a !== null && a.name === 'type' && a.namespace === XSI_NAMESPACE);
    const isOther = (a: XmlAttribute | null): boolean => a !== null && a.name === 'type' && a.namespace !== '';
    const index = own === -1 ? this.#attributes.findIndex(isOther) : own;
    const attribute = this.#attributes[index] ?? null;
    if (attribute === null) return null;
    this.#attributes[index] = null;
    if (attribute.namespace !== XSI_NAMESPACE) this.findings.warn('unexpected-namespace');
    return localPartOf(attribute.value);
  }

  /** The text of a child, verbatim. */
  childText(name: string): string | null {
    return this.one(name, readText);
  }

  /** The text of a child that is one of a set of words, without white space around it (§3.2). */
  childToken(name: string): string | null {
    const value = this.childText(name);
    return value === null ? null : tokenOf(value);
  }

  childLong(name: string): number | bigint | null {
    return this.#parsed(`${name}[0]`, this.childText(name), parseLong, 'bad-number');
  }

  childInteger(name: string): number | null {
    return this.#parsed(`${name}[0]`, this.childText(name), parseInteger, 'bad-number');
  }

  childBoolean(name: string): boolean | null {
    return this.#parsed(`${name}[0]`, this.childText(name), parseBoolean, 'bad-boolean');
  }

  /** Reads the first child of the name. */
  one<T>(name: string, read: (reader: ElementReader) => T): T | null {
    for (let place = 0; place < this.#children.length; place += 1) {
      const child = this.#children[place];
      if (child?.name === name && this.#isOwn(child)) return this.#readChild(child, place, read);
    }
    return null;
  }

  /** Reads all children of the name, in document order. */
  all<T>(name: string, read: (reader: ElementReader, index: number) => T): readonly T[] {
    let values: T[] | null = null;
    for (let place = 0; place < this.#children.length; place += 1) {
      const child = this.#children[place];
      if (child?.name !== name || !this.#isOwn(child)) continue;
      const index: number = values?.length ?? 0;
      const value = this.#readChild(child, place, (reader) => read(reader, index));
      if (values === null) values = [value];
      else values.push(value);
    }
    return values ?? NONE;
  }

  /** Reads all children that `isWanted`, whatever their namespace, in document order. */
  every<T>(isWanted: (child: XmlElement) => boolean, read: (reader: ElementReader, index: number) => T): readonly T[] {
    const values: T[] = [];
    for (let place = 0; place < this.#children.length; place += 1) {
      const child = this.#children[place];
      if (child !== null && child !== undefined && isWanted(child) && !isMarker(child)) {
        values.push(this.#readChild(child, place, (reader) => read(reader, values.length)));
      }
    }
    return values;
  }

  /** Reads all children that belong to the shape, whatever their name, in document order. */
  each<T>(read: (reader: ElementReader, index: number) => T): readonly T[] {
    return this.every((child) => this.#isOwn(child), read);
  }

  /** Takes a child without reading it: the caller keeps it as it is. */
  take(child: XmlElement): void {
    const place = this.#placeOf(child);
    if (place !== null) this.#children[place.index] = null;
  }

  /** Takes everything inside without reading it. */
  takeContent(): void {
    this.#children.fill(null);
    this.#text = '';
  }

  /** The element child that follows `child`, if it is in a foreign namespace and not yet taken. */
  foreignAfter(child: XmlElement): XmlElement | null {
    const place = this.#placeOf(child);
    const next = place === null ? null : (this.#children[place.index + 1] ?? null);
    return next === null || this.#isOwn(next) || isMarker(next) ? null : next;
  }

  /**
   * Keeps a text that could not be read.
   *
   * @param step where it stood in the element: `@name`, `name[0]`, or `#text`.
   */
  keepUnread(step: string, raw: string, warning: Warning): void {
    this.findings.warn(warning);
    this.findings.extend(this.#join(step), step.replace(/^@|\[0\]$/, ''), '', raw);
  }

  /** Ends the reading: everything that is left becomes an extension. */
  finish(): void {
    for (const attribute of this.#attributes) {
      if (attribute === null) continue;
      const { name, namespace, value } = attribute;
      this.findings.extend(this.#join(`@${name}`), name, namespace, value);
    }
    for (const child of this.#children) {
      if (child === null || isMarker(child)) continue;
      this.findings.extend(this.#pathOf(child), child.name, child.namespace, serializeXml(child));
    }
    if (isInk(this.#text)) this.findings.extend(this.#join('#text'), '#text', '', tokenOf(this.#text));
  }

  /** @param place of the child in `#children`: looking for it would make long lists quadratic. */
  #readChild<T>(child: XmlElement, place: number, read: (reader: ElementReader) => T): T {
    this.#children[place] = null;
    const reader = new ElementReader(child, this, this.findings);
    const value = read(reader);
    reader.finish();
    return value;
  }

  #isOwn(child: XmlElement): boolean {
    const { namespace } = child;
    if (namespace === this.element.namespace || namespace === '' || namespace === CWA_NAMESPACE) return true;
    return equalsIgnoringCase(namespace, this.element.namespace);
  }

  #indexOfAttribute(name: string): number {
    let similar = -1;
    for (let index = 0; index < this.#attributes.length; index += 1) {
      const attribute = this.#attributes[index];
      if (attribute?.namespace !== '') continue;
      if (attribute.name === name) return index;
      if (similar === -1 && equalsIgnoringCase(attribute.name, name)) similar = index;
    }
    return similar;
  }

  #parsed<T>(step: string, raw: string | null, parse: (raw: string) => T | null, warning: Warning): T | null {
    if (raw === null) return null;
    const value = parse(raw);
    if (value === null) this.keepUnread(step, raw, warning);
    return value;
  }

  #pathOf(child: XmlElement): string {
    return this.#join(`${child.name}[${this.#placeOf(child)?.position ?? 0}]`);
  }

  #placeOf(child: XmlElement): Place | null {
    this.#places ??= placesOf(this.element);
    return this.#places.get(child) ?? null;
  }

  #join(step: string): string {
    const path = this.path;
    return path === '' ? step : `${path}/${step}`;
  }
}

/** Reads an element that holds nothing but text. */
export function readText(reader: ElementReader): string {
  return reader.text();
}
