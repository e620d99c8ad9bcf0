import type { Letter } from '../../records/dead-letters/letter-assembler.ts';

/** A dead letter as one line of JSON, without its body. */
export function letterLine({ first, ids, state }: Letter): string {
  const { accountId, action, attempts, bodyBytes, bodySha256, channel, column, contentType, eidRaw } = first;
  const { eventName, generation, httpStatus, line, message, parts, reason, receivedAt, sequence, sid } = first;
  return JSON.stringify({
    id: first.id,
    accountId,
    generation,
    sequence,
    receivedAt: new Date(receivedAt).toISOString(),
    sid,
    channel,
    eventName,
    eid: eidRaw,
    reason,
    action,
    message,
    line,
    column,
    httpStatus,
    contentType,
    attempts,
    bodyBytes,
    bodySha256,
    parts,
    partsFound: ids.length,
    body: state,
  });
}
