import type { Findings } from './findings.ts';
import { type Hold, holdAfter, type OrderWord, orderWordOf } from './holds.ts';
import type { GivenOrder, OrderOutcome, Operators } from './operators.ts';
import type { PublishedRecord } from './published-record.ts';

/**
 * Each order was carried out once: it has one outcome, in the order in which orders were given, and the operations
 * records are those that the orders lead to, and no others.
 *
 * @param records by account, those of one in the order of their numbers.
 */
export function checkOrders(
  { orders, outcomes }: Operators,
  records: ReadonlyMap<string, readonly PublishedRecord[]>,
  findings: Findings,
): void {
  for (const accountId of new Set([...records.keys(), ...orders.map((order) => order.accountId)])) {
    const given = orders.filter((order) => order.accountId === accountId);
    const ended = outcomes.filter((outcome) => outcome.accountId === accountId);
    checkOutcomes(accountId, given, ended, findings);
    const found = (records.get(accountId) ?? []).flatMap((record) => orderWordOf(record) ?? []);
    checkWords(accountId, wordsOf(given, ended), found, findings);
  }
}

function checkOutcomes(
  accountId: string,
  given: readonly GivenOrder[],
  ended: readonly OrderOutcome[],
  findings: Findings,
): void {
  const place = firstDifference(
    given.map(({ id }) => id),
    ended.map(({ id }) => id),
  );
  if (place === null) return;
  const [order, outcome] = [given[place], ended[place]];
  const what = `order ${place + 1} of ${accountId} is ${order === undefined ? 'none' : `${order.kind} ${order.id}`}`;
  findings.add('orders', () => `${what}; carried out there: ${outcome?.id ?? 'none'}`);
}

function checkWords(
  accountId: string,
  expected: readonly OrderWord[],
  found: readonly OrderWord[],
  findings: Findings,
): void {
  const place = firstDifference(expected, found);
  if (place === null) return;
  const words = `${found[place] ?? 'nothing'} where the orders lead to ${expected[place] ?? 'nothing'}`;
  findings.add('orders', () => `record ${place + 1} about orders of ${accountId}: ${words}`);
}

/** What the orders lead to. */
function wordsOf(given: readonly GivenOrder[], ended: readonly OrderOutcome[]): readonly OrderWord[] {
  const outcomes = new Map(ended.map((outcome) => [outcome.id, outcome]));
  const words: OrderWord[] = [];
  let hold: Hold = 'none';
  for (const { id, kind } of given) {
    const word = wordAfter(kind, hold, outcomes.get(id));
    if (word === null) continue;
    words.push(word);
    hold = holdAfter(word, hold);
  }
  return words;
}

/** The record of an order; null if it has none, because it changes nothing. */
function wordAfter(kind: string, hold: Hold, outcome: OrderOutcome | undefined): OrderWord | null {
  switch (kind) {
    case 'pause':
      return hold === 'none' ? 'paused' : null;
    case 'resume':
      return hold === 'none' ? null : 'resumed';
    case 'sign-out':
      return hold === 'signed-out' ? null : 'signedOut';
    case 'refresh':
      // Without a session there is nobody to ask.
      return hold === 'none' && outcome?.detail.startsWith('asked for ') === true ? 'refreshed' : null;
    default:
      return null;
  }
}

/** Where two lists begin to differ; null if they do not. One finding is enough: what follows is shifted. */
function firstDifference(a: readonly string[], b: readonly string[]): number | null {
  const longer = a.length > b.length ? a : b;
  const place = longer.findIndex((_, index) => a[index] !== b[index]);
  return place === -1 ? null : place;
}
