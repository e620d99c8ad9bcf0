import { randomUUID } from 'node:crypto';

import { ownerOfKey } from '../bridge/progress/progress-key.ts';
import { Cursor } from '../bridge/progress/cursor.ts';
import type { Order } from '../bridge/orders/order.ts';
import { isCarriedOut } from '../bridge/orders/orders-done.ts';
import { planRetired } from '../bridge/orders/plan-retired.ts';
import type { PlanContext } from '../bridge/plans/plan.ts';
import { planUnwatched } from '../bridge/plans/plan-users.ts';
import { recoverProgress } from '../bridge/progress/user-progress.ts';
import type { AccountWorld } from './account.ts';
import { recordSettingsOf, sessionSettingsOf, userStateSettingsOf } from './bridge-settings.ts';
import type { HeldShard } from './shards.ts';

/**
 * Accounts that are in the progress and no longer in the configuration. They watch nobody: what is known of their users
 * is forgotten at the start, and a current state that no other account goes on with ends (records §4). Their own place
 * in the stream stays, without the secrets of the session, until an operator has them forgotten; should they come back,
 * they subscribe anew.
 */
export class RemovedAccounts {
  readonly #world: AccountWorld;
  readonly #cursors = new Map<string, { readonly cursor: Cursor; readonly claim: number }>();
  #last: Promise<void> = Promise.resolve();

  constructor(world: AccountWorld, held: readonly HeldShard[]) {
    this.#world = world;
    const configured = new Set(world.configuration.accounts.map(({ id }) => id));
    for (const each of held) {
      for (const key of each.recovered.progress.keys()) {
        const owner = ownerOfKey(key);
        if (owner?.kind !== 'account' || configured.has(owner.accountId)) continue;
        const { accountId } = owner;
        this.#cursors.set(accountId, { cursor: cursorOf(world, each, accountId), claim: each.recovered.claim });
      }
    }
  }

  /** @throws {@link ShardLostError} and what else committing throws. */
  async forgetUsers(): Promise<void> {
    const { log } = this.#world;
    for (const [accountId, { claim, cursor }] of this.#cursors) {
      const { progress } = cursor;
      const plan = planUnwatched({ ...this.#contextOf(cursor), claim }, progress);
      if (plan === null) continue;
      await cursor.advance({ ...plan, next: { ...plan.next, watch: { hash: null, pending: [] } } });
      log.warn({ accountId, users: progress.users.size }, 'account no longer configured: its users are forgotten');
    }
  }

  /** Carries an order out when those before are. Only `forget` makes sense for such an account. */
  order(order: Order): void {
    const { log } = this.#world;
    this.#last = this.#last
      .then(() => this.#carryOut(order))
      .catch((err: unknown) => {
        log.error({ err, order: order.id, accountId: order.accountId }, 'order not carried out: see err');
      });
  }

  async #carryOut(order: Order): Promise<void> {
    const { log, metrics } = this.#world;
    const { accountId, at, by, id, offset, task } = order;
    const removed = this.#cursors.get(accountId);
    const about = { accountId, order: id, kind: task.kind, by, at: new Date(at).toISOString() };
    // Orders of its time in the configuration, too: they are read again at every start.
    if (removed !== undefined && isCarriedOut({ at, offset }, removed.cursor.progress.orders)) return;
    if (task.kind !== 'forget' || removed === undefined) {
      log.warn(about, 'order passed over: the account is not configured here');
      return;
    }
    const { claim, cursor } = removed;
    await cursor.advance(planRetired({ ...this.#contextOf(cursor), claim }, cursor.progress, order));
    metrics.orders.inc({ kind: task.kind, outcome: 'done' });
    log.warn({ ...about, ...cursor.progress.orders.last }, 'order carried out');
  }

  /** Such an account publishes nothing but ends of states: the rest of what a plan knows does not come into play. */
  #contextOf({ progress: { accountId, accountUri } }: Cursor): Omit<PlanContext, 'claim'> {
    const { clock, configuration, pseudonymKeys, replica, schemaIds, watch } = this.#world;
    const { installation } = configuration;
    return {
      settings: {
        account: { accountId, accountUri, installation, site: '', users: [] },
        session: sessionSettingsOf(configuration),
        records: { ...recordSettingsOf(configuration), schemaIds, pseudonymKeys },
        replica,
        userState: userStateSettingsOf(configuration, (uri) => watch.isWatchedElsewhere(accountId, uri)),
      },
      now: clock.now(),
      newId: randomUUID,
    };
  }
}

function cursorOf({ clock, configuration }: AccountWorld, { recovered, shard }: HeldShard, accountId: string): Cursor {
  return new Cursor({
    installation: configuration.installation,
    shard: { claim: recovered.claim, commit: (unit) => shard.commit(unit) },
    recovered: recoverProgress(accountId, '', recovered.progress),
    sealingKeys: [],
    secrets: () => null,
    clock,
  });
}
