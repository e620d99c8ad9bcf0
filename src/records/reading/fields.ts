import { elementsOf } from '../../lib/xml.ts';
import type { ElementReader } from './element-reader.ts';

/**
 * Values that one generation of the server writes as an attribute and another as a child element: `sid` of an opened
 * session, `code` of an error (events-and-categories §4.2, §5). The attribute is read if both are there; the child then
 * becomes an extension. Letter case is ignored where the exact name is missing (§9: `PollWaitTime`, `confid`).
 */

/** Verbatim; null if it is neither. */
export function fieldText(reader: ElementReader, name: string): string | null {
  return reader.attribute(name) ?? reader.childText(spellingOf(reader, name));
}

/** Without white space around it: for one of a set of words, and for ids (§3.2, §9: `sid="768 "`). */
export function fieldToken(reader: ElementReader, name: string): string | null {
  return reader.token(name) ?? reader.childToken(spellingOf(reader, name));
}

/** 32 bits; null if it is absent or no such number: then the text is an extension. */
export function fieldInteger(reader: ElementReader, name: string): number | null {
  return reader.has(name) ? reader.integer(name) : reader.childInteger(spellingOf(reader, name));
}

/** 64 bits; null as for {@link fieldInteger}. */
export function fieldLong(reader: ElementReader, name: string): number | bigint | null {
  return reader.has(name) ? reader.long(name) : reader.childLong(spellingOf(reader, name));
}

/** The name as the first fitting child has it. */
function spellingOf({ element }: ElementReader, name: string): string {
  const names = elementsOf(element).map((child) => child.name);
  if (names.includes(name)) return name;
  return names.find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? name;
}
