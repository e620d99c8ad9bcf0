import type { PublishedRecord } from './published-record.ts';

/** What an operator holds an account back with. */
export type Hold = 'none' | 'paused' | 'signed-out';

/** What records of the bridge itself say of orders. */
export type OrderWord = 'paused' | 'resumed' | 'signedOut' | 'refreshed';

/** What a record says of an order; null if it says nothing of one. */
export function orderWordOf({ operation, recordType }: PublishedRecord): OrderWord | null {
  if (operation === null) return null;
  if (recordType === 'sessionEnded') return operation.reason === 'operator' ? 'signedOut' : null;
  return recordType === 'paused' || recordType === 'resumed' || recordType === 'refreshed' ? recordType : null;
}

/** What holds after a record of an order. */
export function holdAfter(word: OrderWord, before: Hold): Hold {
  switch (word) {
    case 'paused':
      return 'paused';
    case 'resumed':
      return 'none';
    case 'signedOut':
      return 'signed-out';
    case 'refreshed':
      return before;
  }
}
