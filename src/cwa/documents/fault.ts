import { elementsOf, textOf } from '../../lib/xml.ts';
import type { XmlElement } from '../../lib/xml.ts';
import { ERROR } from '../protocol.ts';
import { childOf, fieldOf, integerOf, isNamed, trimmed } from './vocabulary.ts';

/**
 * What a server says about a failure. Three generations of the same statement exist and are read into these fields
 * (protocol notes, transport §9.1, events §4.2):
 *
 * 1. `error` with `code`, `subCode`, `reason`, `detail`;
 * 2. `error` with `code`, `warning`, `description`;
 * 3. `exception` or `exceptionType` with `exceptionDetail`, and `sipResponse` beside them.
 */
export interface CwaFault {
  /** 18000 and up (transport §9.2); null in the oldest generation. */
  readonly code: number | null;
  readonly subCode: number | null;
  /** `reason`, or `warning` in the second generation. */
  readonly reason: string | null;
  /** `detail`, or `description` in the second generation. */
  readonly detail: string | null;
  readonly exceptionType: string | null;
  readonly exceptionDetail: string | null;
  /** What the OCS server behind CWA answered; the first one if there are several. */
  readonly sip: SipFault | null;
}

interface SipFault {
  readonly code: number | null;
  readonly subCode: number | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly warning: string | null;
  /** Text of `ms-diagnostics`, line breaks included. */
  readonly diagnostics: string | null;
}

/**
 * The fault inside `requestFailed`, `requestRejected`, `requestInvalid`, or of an `error` element itself.
 * Null if the element says nothing about a failure.
 */
export function faultOf(element: XmlElement): CwaFault | null {
  const error = isNamed(element, ERROR) ? element : childOf(element, ERROR);
  const exceptionType = fieldOf(element, 'exceptionType') ?? fieldOf(element, 'exception');
  const exceptionDetail = fieldOf(element, 'exceptionDetail');
  const sipResponse = (error === null ? null : childOf(error, 'sipResponse')) ?? childOf(element, 'sipResponse');
  if (error === null && exceptionType === null && exceptionDetail === null && sipResponse === null) return null;
  const field = (name: string): string | null => (error === null ? null : fieldOf(error, name));
  return {
    code: integerOf(field('code')),
    subCode: integerOf(field('subCode')),
    reason: field('reason') ?? field('warning'),
    detail: field('detail') ?? field('description'),
    exceptionType,
    exceptionDetail,
    sip: sipResponse === null ? null : sipFaultOf(sipResponse),
  };
}

function sipFaultOf(element: XmlElement): SipFault {
  const diagnostics = elementsOf(element).find((child) => child.name.toLowerCase() === 'ms-diagnostics');
  return {
    code: integerOf(fieldOf(element, 'code')),
    subCode: integerOf(fieldOf(element, 'subCode')),
    reason: fieldOf(element, 'reason'),
    detail: fieldOf(element, 'detail') ?? fieldOf(element, 'description'),
    warning: fieldOf(element, 'warning'),
    diagnostics: diagnostics === undefined ? null : trimmed(textOf(diagnostics)),
  };
}
