import { fieldInteger, fieldText } from './reading/fields.ts';
import type { ElementReader } from './reading/element-reader.ts';
import type { RequestsRecord } from './topics/requests.ts';

/** The columns that say why a request failed; all null where nothing says so. */
export type ServerError = Pick<
  RequestsRecord,
  'errorCode' | 'errorName' | 'subCode' | 'reason' | 'detail' | 'exceptionType' | 'exceptionDetail' | 'sip'
>;

const NO_ERROR: ServerError = {
  errorCode: null,
  errorName: null,
  subCode: null,
  reason: null,
  detail: null,
  exceptionType: null,
  exceptionDetail: null,
  sip: null,
};

/**
 * What an answer says about a failure, in any of the three generations (events-and-categories §4.2):
 *
 * 1. `error` with `code`, `subCode`, `reason`, `detail`;
 * 2. `error` with `code`, `warning`, `description`;
 * 3. `exception` or `exceptionType` with `exceptionDetail`, and `sipResponse`, directly in the answer.
 *
 * What a generation says twice is read once and otherwise an extension. So is a `stackTrace`, which only debug
 * sessions bring: kept, but within the bound that extensions have.
 */
export function readFailure(reader: ElementReader): ServerError {
  const error = reader.one('error', readError) ?? NO_ERROR;
  return {
    ...error,
    exceptionType: fieldText(reader, 'exceptionType') ?? fieldText(reader, 'exception'),
    exceptionDetail: fieldText(reader, 'exceptionDetail'),
    sip: error.sip ?? reader.one('sipResponse', readSipResponse),
  };
}

/** An `error` element: the first two generations. */
export function readError(reader: ElementReader): ServerError {
  const errorCode = fieldInteger(reader, 'code');
  return {
    ...NO_ERROR,
    errorCode,
    errorName: errorCode === null ? null : errorNameOf(errorCode),
    subCode: fieldInteger(reader, 'subCode'),
    reason: fieldText(reader, 'reason') ?? fieldText(reader, 'warning'),
    detail: fieldText(reader, 'detail') ?? fieldText(reader, 'description'),
    sip: reader.one('sipResponse', readSipResponse),
  };
}

/** Either `reason`, or `subCode` and `detail`, or `warning` and `description`; `ms-diagnostics` may hold line breaks. */
function readSipResponse(reader: ElementReader): NonNullable<ServerError['sip']> {
  return {
    code: fieldInteger(reader, 'code'),
    subCode: fieldText(reader, 'subCode'),
    reason: fieldText(reader, 'reason'),
    detail: fieldText(reader, 'detail'),
    warning: fieldText(reader, 'warning'),
    description: fieldText(reader, 'description'),
    diagnostics: fieldText(reader, 'ms-diagnostics'),
  };
}

/** The table of events-and-categories §8.6. */
const ERROR_NAMES: ReadonlyMap<number, string> = new Map([
  [18000, 'Invalid format'],
  [18001, 'Invalid request'],
  [18100, 'Session not found'],
  [18101, 'Request throttled'],
  [18102, 'Invalid operation'],
  [18201, 'OCS failure response'],
  [18202, 'Invalid OCS message'],
  [18203, 'OCS response timeout'],
  [18301, 'Connection failed'],
  [18302, 'TLS failed'],
  [18400, 'Internal failure'],
]);

/** Codes from here on are those of the authentication module; none of them has a name of its own. */
const AUTHENTICATION_CODES_FROM = 50_000;

function errorNameOf(code: number): string | null {
  return ERROR_NAMES.get(code) ?? (code >= AUTHENTICATION_CODES_FROM ? 'authentication module' : null);
}
