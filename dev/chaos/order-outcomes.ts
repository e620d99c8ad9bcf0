import type { OrderOutcome } from '../checker/operators.ts';
import type { CommittedProgress } from './progress-reader.ts';

/** What became of orders, as the progress of their accounts tells it one after the other. */
export class OrderOutcomes {
  readonly all: OrderOutcome[] = [];
  readonly #lastIds = new Map<string, string>();

  /** To be told every committed progress record, in order. */
  take(accountId: string, { lastOrder }: CommittedProgress): void {
    if (lastOrder === null || lastOrder.id === this.#lastIds.get(accountId)) return;
    const { detail, id, outcome } = lastOrder;
    this.#lastIds.set(accountId, id);
    this.all.push({ id, accountId, outcome, detail });
  }
}
