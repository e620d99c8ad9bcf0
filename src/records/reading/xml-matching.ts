import { COMMON_TYPES_NAMESPACE } from '../../cwa/protocol.ts';
import type { XmlElement } from '../../lib/xml.ts';
import { tokenOf } from './values.ts';

/** Where a child stands in its element. */
export interface Place {
  /** Among all child elements. */
  readonly index: number;
  /** Among those of the same name. */
  readonly position: number;
}

/** Where each child stands; one walk, so that finding many of them stays linear. */
export function placesOf(element: XmlElement): ReadonlyMap<XmlElement, Place> {
  const counts = new Map<string, number>();
  const places = new Map<XmlElement, Place>();
  let index = 0;
  for (const child of element.children) {
    if (typeof child === 'string') continue;
    const position = counts.get(child.name) ?? 0;
    places.set(child, { index, position });
    counts.set(child.name, position + 1);
    index += 1;
  }
  return places;
}

/** `delimiter` and `end` only mark where later versions of a schema added something (§6.3). */
export function isMarker(child: XmlElement): boolean {
  if (child.name !== 'delimiter' && child.name !== 'end') return false;
  const isCommonType = child.namespace.toLowerCase() === COMMON_TYPES_NAMESPACE;
  return isCommonType && child.children.length === 0 && child.attributes.length === 0;
}

/** Whether there is more than white space. */
export function isInk(text: string): boolean {
  return text !== '' && /[^ \t\r\n]/.test(text);
}

export function equalsIgnoringCase(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  // Most names differ in their first letter; bit 5 is what tells the case of a letter.
  return (a.charCodeAt(0) | 32) === (b.charCodeAt(0) | 32) && a.toLowerCase() === b.toLowerCase();
}

/** The value of an `xsi:type` without its prefix (§6.3). */
export function localPartOf(value: string): string {
  const name = tokenOf(value);
  return name.slice(name.indexOf(':') + 1);
}
