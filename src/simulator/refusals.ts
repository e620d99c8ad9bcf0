import { RESPONSES } from '../cwa/protocol.ts';
import { xmlReply, type Reply } from './exchange.ts';
import type { FaultSpec } from './faults.ts';
import type { ResolvedOptions } from './options.ts';
import { writeDocument } from './replies.ts';
import { plain, type Element } from './xml-node.ts';

/** The code of an internal failure (transport §9.2). */
const DEFAULT_CODE = 18400;

/**
 * What a fault says of one request, in the release form of errors (transport §9.1, shape C).
 *
 * @param rid undefined for an answer to no request in particular.
 */
export function refusalOf(
  rid: string | undefined,
  { code = DEFAULT_CODE, form = 'requestFailed', sip }: FaultSpec,
): Element {
  const inside = sip === undefined ? [] : [plain('sipResponse', { code: sip, subCode: 0, reason: 'Refused' })];
  const error = plain('error', { code: code ?? undefined, subCode: 0, reason: 'Operation failed' }, inside);
  if (form === 'error') return error;
  // Without a code it is as plain as the older forms are.
  return plain(form, { rid }, code === null ? inside : [error]);
}

/** One refusal for each request of a POST; one without rid where nothing was asked, as in a poll. */
export function refusalReply(
  options: ResolvedOptions,
  fault: FaultSpec,
  rids: readonly string[],
  ticket: string | null,
): Reply {
  const each =
    rids.length === 0 || fault.form === 'error'
      ? [refusalOf(undefined, fault)]
      : rids.map((rid) => refusalOf(rid, fault));
  return xmlReply(writeDocument(plain(RESPONSES, {}, each), options), ticket);
}
