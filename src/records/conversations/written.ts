import { elementsOf } from '../../lib/xml.ts';
import type { Privacy } from '../privacy.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import { digestText, int, optional, record, text, type ValueOf, type ValuesOf } from '../schema/schema.ts';
import { type ConcealedTexts, concealedTextOf, ownTextOf } from './conceal-conversation.ts';

/** What somebody wrote, as far as `privacy.messageContent` lets it be said. */
export const writtenFields = {
  format: optional(text, 'Of a message: a media type or an X-MMS-IM-Format line, verbatim.'),
  content: optional(text, 'What somebody wrote, verbatim; null unless contentPolicy is keep.'),
  contentBytes: optional(int, 'Its size in bytes of UTF-8, whatever the policy.'),
  contentSha256: optional(digestText, 'Its SHA-256, hexadecimal; null if contentPolicy is drop.'),
} as const;

export type Written = ValuesOf<typeof writtenFields>;

export const writtenTextSchema = record('WrittenText', 'A further text that somebody wrote.', writtenFields);

export type WrittenText = ValueOf<typeof writtenTextSchema>;

/** How texts are read: under `keep` from the tree, else from what was noted when they were taken out of it. */
export interface WritingRules {
  readonly policy: Privacy;
  readonly concealed: ConcealedTexts;
}

export const NOTHING_WRITTEN: Written = { format: null, content: null, contentBytes: null, contentSha256: null };

/** Reads a `message`: `format` and `content`, or only the text of the message itself. */
export function readMessage(reader: ElementReader, rules: WritingRules): WrittenText {
  const format = reader.childText('format');
  const written = reader.one('content', (content) => readWritten(content, rules)) ?? readWritten(reader, rules);
  return { ...written, format };
}

/** Reads the text of an element. Elements inside it are none of its text: they become extensions. */
export function readWritten(reader: ElementReader, rules: WritingRules): WrittenText {
  if (rules.policy === 'keep') {
    if (ownTextOf(reader.element) === null) return NOTHING_WRITTEN;
    const content = reader.text();
    const { bytes, sha256 } = concealedTextOf(content, 'hash');
    return { format: null, content, contentBytes: bytes, contentSha256: sha256 };
  }
  const isEmpty = elementsOf(reader.element).length === 0;
  const concealed = rules.concealed.get(reader.element) ?? (isEmpty ? concealedTextOf('', rules.policy) : null);
  if (concealed === null) return NOTHING_WRITTEN;
  reader.text();
  return { format: null, content: null, contentBytes: concealed.bytes, contentSha256: concealed.sha256 };
}
