import { elementsOf, textOf } from '../../lib/xml.ts';
import type { XmlElement } from '../../lib/xml.ts';
import { CWA_NAMESPACE } from '../protocol.ts';

/**
 * Looking up names of the CWA vocabulary: by local name, in no namespace or in that of CWA, and without regard to
 * letter case only if the exact spelling is missing (protocol notes, transport §2.3, events §1.3 and §9).
 */

/** The attribute's value, untouched; null if it is absent. Attributes of foreign namespaces are not looked at. */
export function attributeOf(element: XmlElement, name: string): string | null {
  let similar: string | null = null;
  for (const attribute of element.attributes) {
    if (!isCwaNamespace(attribute.namespace)) continue;
    if (attribute.name === name) return attribute.value;
    if (similar === null && attribute.name.toLowerCase() === name.toLowerCase()) similar = attribute.value;
  }
  return similar;
}

/** The first child element of that name, or null. */
export function childOf(element: XmlElement, name: string): XmlElement | null {
  const candidates = elementsOf(element).filter((child) => isCwaNamespace(child.namespace));
  const exact = candidates.find((child) => child.name === name);
  return exact ?? candidates.find((child) => child.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** Whether an element has this name, in any letter case. For closed sets of names that differ in more than case. */
export function isNamed(element: XmlElement, name: string): boolean {
  return isCwaNamespace(element.namespace) && element.name.toLowerCase() === name.toLowerCase();
}

/** The trimmed value of an attribute or of a child element, whichever is there; null if absent or blank. */
export function fieldOf(element: XmlElement, name: string): string | null {
  const child = childOf(element, name);
  return trimmed(attributeOf(element, name) ?? (child === null ? null : textOf(child)));
}

/** Trims; null for null and for nothing but white space. */
export function trimmed(text: string | null): string | null {
  const value = text?.trim() ?? '';
  return value === '' ? null : value;
}

/** A decimal integer with optional sign and blanks around it; null for everything else and beyond 2^53. */
export function integerOf(text: string | null): number | null {
  const value = trimmed(text);
  if (value === null || !/^[+-]?\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function isCwaNamespace(namespace: string): boolean {
  return namespace === '' || namespace === CWA_NAMESPACE;
}
