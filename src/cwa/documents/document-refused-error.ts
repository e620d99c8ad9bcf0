import { BridgeError } from '../../lib/errors.ts';

/** Why bytes are not a document that the bridge reads (the reasons of the dead-letter record). */
export type RefusalReason =
  | 'malformed' // not well-formed, or not namespace-well-formed
  | 'doctype' // the protocol never uses one, so nobody gets to declare an entity
  | 'encoding' // bytes that are invalid in their own encoding
  | 'tooLarge' // body, text, attributes, events or nodes above a limit
  | 'tooDeep'
  | 'wrongRoot' // a well-formed beginning of something else
  | 'html' // an error page or a logon page
  | 'empty';

/** Where in the document; 1-based, columns in characters. Null where bytes have no lines (UTF-16 that is invalid). */
export interface DocumentPosition {
  readonly line: number | null;
  readonly column: number | null;
}

/** What the dead letter keeps of a refused answer. */
export interface RefusedAnswer {
  /** What was kept of the body: all of it, unless it is above the limit of bodies. May hold what people wrote. */
  readonly body: Uint8Array;
  /** Bytes of the body that arrived, also those that were not kept. */
  readonly bodyBytes: number;
  readonly statusCode: number;
  readonly contentType: string | null;
}

/**
 * The bytes are not one namespace-well-formed document without DOCTYPE and with the expected root. They yield no
 * event and must not be acknowledged (invariant I8). Whoever repeats the poll counts the attempts.
 *
 * The message never quotes the document; the body is kept apart, out of reach of loggers and inspectors.
 */
export class DocumentRefusedError extends BridgeError {
  readonly reason: RefusalReason;
  readonly line: number | null;
  readonly column: number | null;
  /** What is wrong, in the words of the reader, without document text. */
  readonly detail: string;
  readonly #answer: RefusedAnswer | null;

  constructor(reason: RefusalReason, detail: string, position: DocumentPosition, answer: RefusedAnswer | null = null) {
    const { line, column } = position;
    const place = line === null ? '' : ` at line ${String(line)}, column ${String(column ?? 1)}`;
    const status = answer === null ? {} : { statusCode: answer.statusCode, contentType: answer.contentType };
    super(`the answer is refused (${reason})${place}: ${detail}; nothing of it was read or acknowledged`, {
      code: 'cwa-document-refused',
      disposition: 'retry',
      context: { reason, line, column, ...status, ...(answer === null ? {} : { bodyBytes: answer.bodyBytes }) },
    });
    this.reason = reason;
    this.line = line;
    this.column = column;
    this.detail = detail;
    this.#answer = answer;
  }

  /** The answer that was refused, for the dead letter; null if the document did not come over HTTP. */
  get answer(): RefusedAnswer | null {
    return this.#answer;
  }

  /** The same refusal together with the answer it is about. */
  withAnswer(answer: RefusedAnswer): DocumentRefusedError {
    return new DocumentRefusedError(this.reason, this.detail, this, answer);
  }
}
