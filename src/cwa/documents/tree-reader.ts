import { SaxesParser } from 'saxes';
import type { SaxesAttributeNS, SaxesAttributeNSIncomplete, SaxesTagNS } from 'saxes';

import type { XmlAttribute, XmlElement, XmlNode } from '../../lib/xml.ts';
import type { DocumentLimits } from './document-limits.ts';
import { DocumentRefusedError } from './document-refused-error.ts';
import type { RefusalReason } from './document-refused-error.ts';
import { CWA_NAMESPACE } from '../protocol.ts';

/** Characters that are parsed at a time until the root's start tag has been seen. */
const ENVELOPE_STEP = 512;

interface OpenElement extends XmlElement {
  readonly children: XmlNode[];
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = Object.freeze([]);
const ROOT_NAMESPACES: readonly string[] = ['', CWA_NAMESPACE];

/** Characters that a name may hold but not begin with (XML 1.0 §2.3: `NameChar` without `NameStartChar`). */
const INNER_NAME_CHARACTER = /^[\u0300-\u036F\u203F\u2040\u00B7.0-9-]/;

/**
 * One parser and the tree that it grows; used for one document.
 *
 * Comments and processing instructions vanish without splitting text, CDATA is text, adjacent text is one string.
 * The parser stops at the first error, and the limits are checked as things arrive, before they have been collected.
 * Handlers make no objects that the tree does not keep: this is the hot path.
 *
 * The parser trims the names of namespaces; no URI begins or ends with white space.
 * XML 1.0 is forced: 1.1 would allow control characters that nothing behind the bridge could write again.
 */
export class TreeReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  readonly #limits: DocumentLimits;
  readonly #roots: readonly string[];
  readonly #open: OpenElement[] = [];
  /** The innermost open element, or null outside the root. */
  #current: OpenElement | null = null;
  #root: XmlElement | null = null;
  /** Attributes of the start tag that is being read. The parser adds the namespaces when it is complete. */
  readonly #attributes: SaxesAttributeNSIncomplete[] = [];
  #text = '';
  #nodes = 0;
  #events = 0;

  constructor(roots: readonly string[], limits: DocumentLimits) {
    this.#roots = roots;
    this.#limits = limits;
    const onText = (text: string): void => {
      this.#onText(text);
    };
    this.#parser.on('text', onText);
    this.#parser.on('cdata', onText);
    this.#parser.on('attribute', (attribute) => {
      this.#onAttribute(attribute);
    });
    this.#parser.on('opentag', (tag) => {
      this.#onOpen(tag);
    });
    this.#parser.on('closetag', () => {
      this.#onClose();
    });
    this.#parser.on('doctype', () => {
      this.#refuse('doctype', 'a DOCTYPE is not allowed');
    });
  }

  /** @throws {@link DocumentRefusedError} if the text is not one document inside the limits. */
  read(text: string): XmlElement {
    this.#parse(text, true);
    // A document that ends without root has made the parser complain.
    return this.#root ?? this.#refuse('malformed', 'document must contain a root element');
  }

  /** The root as it was opened; parsing stops with the step that shows it. */
  readRoot(text: string): XmlElement {
    for (let at = 0; this.#root === null && at < text.length; at += ENVELOPE_STEP) {
      this.#parse(text.slice(at, at + ENVELOPE_STEP), false);
    }
    return this.#root ?? this.#refuse('malformed', 'the document ends before its root element');
  }

  #parse(text: string, isWhole: boolean): void {
    try {
      this.#parser.write(text);
      if (isWhole) this.#parser.close();
    } catch (error) {
      if (error instanceof DocumentRefusedError || !(error instanceof Error)) throw error;
      // After the colon the parser quotes names of the document, which do not belong into a message.
      this.#refuse('malformed', error.message.replace(/\.$|:\s.*$/s, ''));
    }
  }

  #onText(text: string): void {
    if (text.length === 0 || this.#current === null) return;
    this.#text = this.#text.length === 0 ? text : this.#text + text;
    if (this.#text.length > this.#limits.textLengthMax) this.#refuseOver('textLengthMax', 'a text is too long');
  }

  /** Attributes are counted one by one, before an element with a million of them has been collected. */
  #onAttribute(attribute: SaxesAttributeNSIncomplete): void {
    this.#attributes.push(attribute);
    if (this.#attributes.length > this.#limits.attributesMax) {
      this.#refuseOver('attributesMax', 'an element has too many attributes');
    }
    if (attribute.value.length > this.#limits.textLengthMax) {
      this.#refuseOver('textLengthMax', 'an attribute value is too long');
    }
  }

  #onOpen(tag: SaxesTagNS): void {
    if (tag.prefix !== '') this.#checkLocalName(tag.local);
    const parent = this.#current;
    this.#nodes += 1 + this.#attributes.length;
    const attributes = this.#takeAttributes();
    const element: OpenElement = { name: tag.local, namespace: tag.uri, attributes, children: [] };
    if (parent === null) this.#openRoot(element);
    else this.#openChild(parent, element);
    this.#open.push(element);
    this.#current = element;
    if (this.#open.length > this.#limits.depthMax) this.#refuseOver('depthMax', 'elements are nested too deeply');
    if (this.#nodes > this.#limits.nodesMax) this.#refuseOver('nodesMax', 'the document has too many elements');
  }

  /** Without namespace declarations: names are resolved already, and prefixes carry no meaning. */
  #takeAttributes(): readonly XmlAttribute[] {
    if (this.#attributes.length === 0) return NO_ATTRIBUTES;
    const kept: XmlAttribute[] = [];
    for (const attribute of this.#attributes as readonly SaxesAttributeNS[]) {
      if (attribute.prefix !== '') this.#checkLocalName(attribute.local);
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
      kept.push({ name: attribute.local, namespace: attribute.uri, value: attribute.value });
    }
    this.#attributes.length = 0;
    return kept;
  }

  /** saxes looks at the beginning of a name only before its colon; behind it a name begins too (XML Names 1.0 §4). */
  #checkLocalName(local: string): void {
    if (INNER_NAME_CHARACTER.test(local))
      this.#refuse('malformed', 'a local name begins with a character inside names');
  }

  #openRoot(element: OpenElement): void {
    const isExpected = this.#roots.some((name) => name.toLowerCase() === element.name.toLowerCase());
    if (!isExpected) this.#refuse('wrongRoot', `the root element is not ${this.#roots.join(' or ')}`);
    if (!ROOT_NAMESPACES.includes(element.namespace)) {
      this.#refuse('wrongRoot', 'the root element is in a namespace that is not that of CWA');
    }
    this.#root = element;
  }

  #openChild(parent: OpenElement, element: OpenElement): void {
    if (this.#text.length !== 0) this.#flushText(parent);
    parent.children.push(element);
    if (this.#open.length !== 1) return;
    this.#events += 1;
    if (this.#events > this.#limits.eventsMax) this.#refuseOver('eventsMax', 'the root element has too many children');
  }

  #onClose(): void {
    if (this.#text.length !== 0 && this.#current !== null) this.#flushText(this.#current);
    this.#open.pop();
    this.#current = this.#open.at(-1) ?? null;
  }

  /** Indentation between the children of the root belongs to nobody and is not kept. */
  #flushText(parent: OpenElement): void {
    if (this.#open.length !== 1 || /[^ \t\n\r]/.test(this.#text)) {
      parent.children.push(this.#text);
      this.#nodes += 1;
    }
    this.#text = '';
  }

  /** The message names the setting: who reads it has to decide whether to raise it. */
  #refuseOver(limit: keyof DocumentLimits, detail: string): never {
    const reason = limit === 'depthMax' ? 'tooDeep' : 'tooLarge';
    this.#refuse(reason, `${detail} (limits.${limit} is ${String(this.#limits[limit])})`);
  }

  #refuse(reason: RefusalReason, detail: string): never {
    const { line, column } = this.#parser;
    throw new DocumentRefusedError(reason, detail, { line, column: Math.max(1, column) });
  }
}
