import type { Order, OrderKind } from './order.ts';

/**
 * Whether an operator holds the account back:
 *
 * - `none`: it goes on by itself.
 * - `paused`: its session is kept alive, and nothing is taken from it.
 * - `signed-out`: it has no session, and opens none.
 */
export type Hold = 'none' | 'paused' | 'signed-out';

/**
 * - `done`: it is as the order wants it.
 * - `refused`: it makes no sense for the account as it is; nothing was done.
 * - `failed`: it was tried, and could not be done.
 */
export type OrderOutcome = 'done' | 'refused' | 'failed';

/** The part of an account's progress that says what became of orders: committed with their effect, or not at all. */
export interface OrdersDone {
  /** Lasts over restarts, until the order that ends it. */
  readonly hold: Hold;
  /** Offset of the last order that was carried out; −1 before the first. */
  readonly done: number;
  /** The latest time at which any of them was given, milliseconds since the epoch. */
  readonly latestAt: number;
  /** That order, for whoever waits for it; null before the first. */
  readonly last: CarriedOutOrder | null;
}

export interface CarriedOutOrder {
  readonly id: string;
  readonly kind: OrderKind;
  readonly outcome: OrderOutcome;
  /** In words, for the operator. */
  readonly detail: string;
}

export const NO_ORDERS: OrdersDone = { hold: 'none', done: -1, latestAt: 0, last: null };

/** What holds once the order is carried out. */
export function withOrderDone(
  before: OrdersDone,
  { at, id, offset, task: { kind } }: Order,
  { outcome, detail, hold = before.hold }: Pick<CarriedOutOrder, 'outcome' | 'detail'> & { readonly hold?: Hold },
): OrdersDone {
  return { hold, done: offset, latestAt: Math.max(before.latestAt, at), last: { id, kind, outcome, detail } };
}

/**
 * Whether an order is carried out already: the partition is read from its beginning at every start. The time counts
 * because the topic may have been made anew, and then its offsets begin again.
 */
export function isCarriedOut({ at, offset }: Pick<Order, 'at' | 'offset'>, { done, latestAt }: OrdersDone): boolean {
  return offset <= done && at <= latestAt;
}
