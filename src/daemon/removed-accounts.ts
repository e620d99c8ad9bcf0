import { randomUUID } from 'node:crypto';

import { progressKey } from '../bridge/account-progress.ts';
import { Cursor } from '../bridge/cursor.ts';
import type { PlanContext } from '../bridge/plan.ts';
import { planUnwatched } from '../bridge/plan-users.ts';
import { recoverProgress } from '../bridge/user-progress.ts';
import type { AccountWorld } from './account.ts';
import { recordSettingsOf, sessionSettingsOf, userStateSettingsOf } from './bridge-settings.ts';
import type { HeldShard } from './shards.ts';

const ACCOUNT_PREFIX = progressKey('');

/**
 * Accounts that are no longer configured watch nobody: what is known of their users is forgotten, and a current state
 * that no other account goes on with ends (records §4). Their own place in the stream stays, without the secrets of
 * the session; should they come back, they subscribe anew.
 *
 * @throws {@link ShardLostError} and what else committing throws.
 */
export async function forgetRemovedAccounts(world: AccountWorld, held: readonly HeldShard[]): Promise<void> {
  const configured = new Set(world.configuration.accounts.map(({ id }) => id));
  for (const each of held) {
    for (const key of each.recovered.progress.keys()) {
      const accountId = key.slice(ACCOUNT_PREFIX.length);
      if (key.startsWith(ACCOUNT_PREFIX) && !configured.has(accountId)) await forget(world, each, accountId);
    }
  }
}

async function forget(world: AccountWorld, { recovered, shard }: HeldShard, accountId: string): Promise<void> {
  const { clock, configuration, log } = world;
  const progress = recoverProgress(accountId, '', recovered.progress);
  const context = contextOf(world, { accountId, accountUri: progress.accountUri });
  const plan = planUnwatched({ ...context, claim: recovered.claim }, progress);
  if (plan === null) return;
  const cursor = new Cursor({
    installation: configuration.installation,
    shard: { claim: recovered.claim, commit: (unit) => shard.commit(unit) },
    recovered: progress,
    sealingKeys: [],
    secrets: () => null,
    clock,
  });
  await cursor.advance({ ...plan, next: { ...plan.next, watch: { hash: null, pending: [] } } });
  log.warn({ accountId, users: progress.users.size }, 'account no longer configured: its users are forgotten');
}

/** Such an account publishes nothing but ends of states: the rest of what a plan knows does not come into play. */
function contextOf(
  { clock, configuration, pseudonymKeys, replica, schemaIds, watch }: AccountWorld,
  account: { readonly accountId: string; readonly accountUri: string },
): Omit<PlanContext, 'claim'> {
  return {
    settings: {
      account: { ...account, installation: configuration.installation, site: '', users: [] },
      session: sessionSettingsOf(configuration),
      records: { ...recordSettingsOf(configuration), schemaIds, pseudonymKeys },
      replica,
      userState: userStateSettingsOf(configuration, (uri) => watch.isWatchedElsewhere(account.accountId, uri)),
    },
    now: clock.now(),
    newId: randomUUID,
  };
}
