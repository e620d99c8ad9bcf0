import type { DocumentLimits } from '../../cwa/documents/document-limits.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import type { LetterPlace } from './order.ts';

/** Where the dead letters are, for those that are to be published anew. */
export interface LetterSource {
  /** Within which a body is read now. */
  readonly limits: DocumentLimits;
  /**
   * Puts a letter together from its parts.
   *
   * @returns in words why there is none.
   */
  readonly read: (place: LetterPlace, signal: AbortSignal) => Promise<Letter | string>;
}
