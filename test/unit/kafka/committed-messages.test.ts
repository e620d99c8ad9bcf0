import { expect, test } from 'vitest';

import {
  type AbortedTransaction,
  committedMessages,
  type TransactionalMessage,
} from '../../../src/kafka/committed-messages.ts';

/** A log in short: `1a` a message of producer 1 in a transaction, `1-` its abort marker, `1+` commit marker, `.` a message without transaction. */
function logOf(...entries: readonly string[]): readonly TransactionalMessage[] {
  return entries.map((entry, offset) => {
    const isControlRecord = /[+-]$/.test(entry);
    const marker = Buffer.from([0, 0, 0, entry.endsWith('+') ? 1 : 0]);
    return {
      offset: String(offset),
      key: isControlRecord ? marker : null,
      isControlRecord,
      batchContext: { producerId: entry === '.' ? '-1' : (entry[0] ?? ''), inTransaction: entry !== '.' },
    };
  });
}

function aborted(
  ...list: readonly (readonly [producerId: string, firstOffset: number])[]
): readonly AbortedTransaction[] {
  return list.map(([producerId, firstOffset]) => ({ producerId, firstOffset: String(firstOffset) }));
}

function offsetsOf(messages: readonly TransactionalMessage[]): readonly number[] {
  return messages.map(({ offset }) => Number(offset));
}

test('keeps what was committed and what has no transaction, and no marker', () => {
  expect(offsetsOf(committedMessages(logOf('1a', '.', '1+', '2a', '2+'), []))).toEqual([0, 1, 3]);
});

test('drops an aborted transaction and keeps the next of the same producer', () => {
  expect(offsetsOf(committedMessages(logOf('1a', '1a', '1-', '1b', '1+'), aborted(['1', 0])))).toEqual([3]);
});

test('drops overlapping transactions that are named in the order in which they ended', () => {
  const log = logOf('1a', '2a', '1a', '2-', '3a', '1-', '3+');
  expect(offsetsOf(committedMessages(log, aborted(['2', 1], ['1', 0])))).toEqual([4]);
});

test('drops what goes on of several transactions that began before the part that was fetched', () => {
  const tail = logOf('1a', '2a', '1a', '2a', '1-', '2-').slice(3);
  expect(offsetsOf(committedMessages(tail, aborted(['1', 0], ['2', 1])))).toEqual([]);
});

test('drops an aborted transaction of a producer after a committed one that it overlaps with another', () => {
  const log = logOf('1a', '2a', '1+', '1b', '2+', '1-');
  expect(offsetsOf(committedMessages(log, aborted(['1', 3])))).toEqual([0, 1]);
});
