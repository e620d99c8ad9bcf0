import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';

/** The refusal that `read` ends in. */
export function refusalOf(read: () => unknown): DocumentRefusedError {
  try {
    read();
  } catch (error) {
    if (error instanceof DocumentRefusedError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
