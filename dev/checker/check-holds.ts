import type { Findings } from './findings.ts';
import { type Hold, holdAfter, type OrderWord, orderWordOf } from './holds.ts';
import { placeOf, type PublishedRecord } from './published-record.ts';

/**
 * Between `paused` and `resumed`, and between the end by an order and `resumed`, nothing is published of an account but
 * what belongs to the orders themselves, and that another process has taken a paused session over.
 *
 * @param records of one account, in the order of their numbers.
 */
export function checkHolds(records: readonly PublishedRecord[], findings: Findings): void {
  let hold: Hold = 'none';
  /** The server's answer to the request that ends a paused session stands before the record of the end. */
  let answers: PublishedRecord[] = [];
  let endId: string | null = null;
  const report = (record: PublishedRecord): void => {
    findings.add('held', () => `${record.recordType} of an account that is ${hold}: ${placeOf(record)}`);
  };
  for (const record of records) {
    const word: OrderWord | null = orderWordOf(record);
    if (word !== null) {
      if (word !== 'signedOut') answers.forEach(report);
      answers = [];
      endId = word === 'signedOut' ? record.id : null;
      hold = holdAfter(word, hold);
    } else if (hold === 'paused' && record.channel === 'command') {
      answers.push(record);
    } else if (hold !== 'none' && !isOfHold(record, hold, endId)) {
      report(record);
    }
  }
  answers.forEach(report);
}

function isOfHold({ edge, recordType }: PublishedRecord, hold: Hold, endId: string | null): boolean {
  if (hold === 'paused') return recordType === 'sessionResumed';
  return edge?.subject === 'account' && edge.causeRecordId === endId;
}
