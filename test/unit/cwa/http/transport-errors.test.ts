import { describe, expect, test } from 'vitest';

import { DEFAULT_TLS } from '../../../../src/cwa/http/connector.ts';
import { translateHttpError } from '../../../../src/cwa/http/transport-errors.ts';

const OPERATION = 'GET /cwa/AsyncDataChannel.ashx';
const TLS = DEFAULT_TLS.settings;

function failure(code: string, message = 'what happened'): Error {
  return Object.assign(new Error(message), { code });
}

describe('translateHttpError', () => {
  test.each([
    ['ECONNREFUSED', 'head', 'connection'],
    ['ENOTFOUND', 'head', 'connection'],
    ['UND_ERR_SOCKET', 'head', 'connection'],
    ['UND_ERR_SOCKET', 'body', 'cut-body'],
    ['ECONNRESET', 'body', 'cut-body'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'body', 'cut-body'],
    ['UND_ERR_CONNECT_TIMEOUT', 'head', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'head', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'body', 'timeout'],
    ['ETIMEDOUT', 'head', 'timeout'],
    ['CERT_HAS_EXPIRED', 'head', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'head', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'head', 'tls'],
  ] as const)('takes %s in the %s for %s', (code, phase, reason) => {
    const error = translateHttpError(failure(code), OPERATION, phase, TLS);
    expect(error).toMatchObject({ reason, disposition: 'retry', context: { operation: OPERATION, errorCode: code } });
    expect(error.message).toContain('what happened');
  });

  test('falls back on the code where there are no words, as with several addresses of one name', () => {
    const gathered = Object.assign(new AggregateError([failure('ECONNREFUSED')]), { code: 'ECONNREFUSED' });
    expect(translateHttpError(gathered, OPERATION, 'head', TLS).message).toContain('no complete answer: ECONNREFUSED;');
  });

  test('does not keep the original, which may hold raw bytes of the answer', () => {
    const error = translateHttpError(Object.assign(failure('HPE_INVALID'), { data: 'canary' }), OPERATION, 'head', TLS);
    expect(error.cause).toBeUndefined();
  });

  test('survives what is no error', () => {
    expect(translateHttpError('odd', OPERATION, 'head', TLS)).toMatchObject({ reason: 'connection' });
  });
});
