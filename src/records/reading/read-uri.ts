import { normalizeUri } from '../uri.ts';
import type { ElementReader } from './element-reader.ts';

/** A URI of a person and the text that it was made of. */
export interface ReadUri {
  /** Normalised; null if the text names nobody. */
  readonly uri: string | null;
  /** Verbatim; null if it is absent. */
  readonly uriRaw: string | null;
}

/** The attribute as the URI of a person, with a warning if it names nobody or is odd. */
export function readUri(reader: ElementReader, name: string): ReadUri {
  const uriRaw = reader.attribute(name);
  const { uri, warnings } = normalizeUri(uriRaw ?? '');
  for (const warning of warnings) reader.findings.warn(warning);
  return { uri, uriRaw };
}
