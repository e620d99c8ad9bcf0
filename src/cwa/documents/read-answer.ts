import type { BridgeError } from '../../lib/errors.ts';
import { classifyHtml, classifyStatus } from '../classify.ts';
import { DocumentRefusedError } from './document-refused-error.ts';
import type { DocumentLimits } from './document-limits.ts';
import type { CwaFault } from './fault.ts';
import { RESPONSES } from '../protocol.ts';
import { readDocument, readEnvelope } from './read-document.ts';
import type { ReadDocument } from './read-document.ts';
import { responsesAnswerOf } from './responses.ts';
import type { HttpAnswer } from '../http/http-answer.ts';

/**
 * The document in an answer with a 2xx status.
 *
 * @throws the error of `classify.ts` for any other status and for web pages; {@link DocumentRefusedError}, with the
 * answer inside, for bodies that the gate refuses.
 */
export function readAnswer(answer: HttpAnswer, roots: readonly string[], limits: DocumentLimits): ReadDocument {
  throwIfNotSuccess(answer);
  return gated(answer, () => readDocument(answer.body, { roots, limits, charset: charsetOf(answer.contentType) }));
}

/** Only the root of the document, without children; the body may be cut after it. Throws as {@link readAnswer}. */
export function readAnswerEnvelope(answer: HttpAnswer, roots: readonly string[], limits: DocumentLimits): ReadDocument {
  throwIfNotSuccess(answer);
  return gated(answer, () => readEnvelope(answer.body, { roots, limits, charset: charsetOf(answer.contentType) }));
}

/** Throws what a status other than 2xx stands for. */
export function throwIfNotSuccess(answer: HttpAnswer): void {
  const isSuccess = answer.statusCode >= 200 && answer.statusCode < 300;
  const error: BridgeError | null = isSuccess ? null : classifyStatus(answer, faultInErrorBody(answer));
  if (error !== null) throw error;
}

function gated(answer: HttpAnswer, read: () => ReadDocument): ReadDocument {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DocumentRefusedError)) throw error;
    if (error.reason === 'html' || isWebPage(answer)) throw classifyHtml(answer);
    const { body, bodyBytes, statusCode, contentType } = answer;
    throw error.withAnswer({ body, bodyBytes, statusCode, contentType });
  }
}

/**
 * A page without the usual beginning (`<div id="exception">` and the like), which says by its type that it is one.
 * The type alone proves nothing: it may be sent with CWA documents too.
 */
function isWebPage({ contentType, body }: HttpAnswer): boolean {
  if (!/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '')) return false;
  return !/<([^\s<>/]+:)?cwa/i.test(Buffer.from(body.subarray(0, 4096)).toString('latin1'));
}

/** An error page is not worth more. */
const ERROR_BODY_LIMITS: DocumentLimits = {
  bodyBytesMax: 64 * 1024,
  depthMax: 16,
  attributesMax: 64,
  eventsMax: 100,
  textLengthMax: 64 * 1024,
  nodesMax: 1_000,
};

/** The first fault of a CWA document that came with an error status, or null: most such bodies are something else. */
function faultInErrorBody(answer: HttpAnswer): CwaFault | null {
  try {
    const { root } = readDocument(answer.body, { roots: [RESPONSES], limits: ERROR_BODY_LIMITS });
    return responsesAnswerOf(root).responses.find(({ fault }) => fault !== null)?.fault ?? null;
  } catch (error) {
    if (error instanceof DocumentRefusedError) return null;
    throw error;
  }
}

/** The charset parameter of a `Content-Type` header, or null. */
export function charsetOf(contentType: string | null): string | null {
  return /;\s*charset\s*=\s*"?([^\s;"]+)"?/i.exec(contentType ?? '')?.[1] ?? null;
}
