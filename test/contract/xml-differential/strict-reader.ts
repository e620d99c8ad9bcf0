import { ParseOption, XmlDocument, XmlParseError } from 'libxml2-wasm';

/** What libxml2 says of a document. Its errors of namespaces count like the others. */
export type StrictVerdict =
  | { readonly isAccepted: true; readonly root: { readonly name: string; readonly namespace: string } }
  | { readonly isAccepted: false; readonly errors: readonly string[] };

const OPTIONS = ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_SKIP_IDS;
/** Below it are warnings: things that are allowed and unusual. */
const LEVEL_OF_ERRORS = 2;

/**
 * libxml2, compiled to WebAssembly, as a second strict reader. It knows nothing of the gate's rules beyond XML 1.0
 * and Namespaces in XML 1.0; `xml:id` is not looked at, as that is a specification of its own.
 *
 * @param isEncodingIgnored reads the bytes as if the XML declaration named no encoding.
 */
export function readStrictly(bytes: Uint8Array, { isEncodingIgnored = false } = {}): StrictVerdict {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a set of flags, typed as one of them
  const option: ParseOption = isEncodingIgnored ? OPTIONS | ParseOption.XML_PARSE_IGNORE_ENC : OPTIONS;
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(bytes, { option });
  } catch (error) {
    if (!(error instanceof XmlParseError)) throw error;
    const errors = error.details.filter(({ level }) => level >= LEVEL_OF_ERRORS).map(({ message }) => message.trim());
    return { isAccepted: false, errors };
  }
  try {
    const { name, namespaceUri } = document.root;
    return { isAccepted: true, root: { name, namespace: namespaceUri } };
  } finally {
    document.dispose();
  }
}
