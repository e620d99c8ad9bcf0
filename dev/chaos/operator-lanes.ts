import { present } from '../../src/lib/assert.ts';
import type { ChaosAccount } from './bridge-config.ts';
import { count, type Tally } from './lanes.ts';
import { type OrderName, giveOrder } from './operator.ts';
import type { OrderAction, WatchAction } from './plan.ts';
import type { Stage } from './stage.ts';

/** While a node is away an order cannot be given: it is tried again, but not for ever. */
const ATTEMPTS_MAX = 60;
const ATTEMPT_PAUSE_MS = 1_000;

/** Gives the orders of the plan, one after the other. */
export async function runOrderLane(stage: Stage, actions: readonly OrderAction[], tally: Tally): Promise<void> {
  for (const action of actions) {
    await stage.untilChanges(action.at);
    const account = accountOf(stage, action);
    await untilSeen(stage, account);
    switch (action.kind) {
      case 'accountPause':
      case 'accountSignOut':
        await Promise.all([
          give(stage, action.kind === 'accountPause' ? 'pause' : 'sign-out', account.id),
          killMeanwhile(stage, action, tally),
        ]);
        await stage.sleep(action.forMs);
        await Promise.all([letGo(stage, account.id), killMeanwhile(stage, action, tally)]);
        break;
      case 'refresh':
        await Promise.all([
          give(stage, 'refresh', targetOf(stage, account, action.user)),
          killMeanwhile(stage, action, tally),
        ]);
        break;
    }
    count(tally, action.kind);
  }
}

/** Changes the watch files of the plan, one after the other. */
export async function runWatchLane(stage: Stage, actions: readonly WatchAction[], tally: Tally): Promise<void> {
  for (const action of actions) {
    await stage.untilChanges(action.at);
    const words = await stage.lists.change(accountOf(stage, action).id, action.removed, action.added);
    stage.say(`${words}, at ${String(stage.changes)} changes`);
    count(tally, action.kind);
  }
}

async function killMeanwhile(stage: Stage, { killAfterMs }: OrderAction, tally: Tally): Promise<void> {
  if (killAfterMs === null) return;
  await stage.sleep(killAfterMs);
  await stage.restartBridge();
  stage.say(`bridge killed ${String(killAfterMs)} ms into an order`);
  count(tally, 'orderKill');
}

/** @throws if it is in vain: an account that is not let go is never done with its events. */
async function letGo(stage: Stage, accountId: string): Promise<void> {
  if (!(await give(stage, 'resume', accountId))) throw new Error(`${accountId} could not be resumed`);
}

/** Whether the order is done: one that is refused is not, and over all the same. */
async function give(stage: Stage, name: OrderName, operand: string): Promise<boolean> {
  for (let attempts = 1; ; attempts += 1) {
    const { outcome, words } = await giveOrder(name, operand, stage.configFile, stage.signal);
    stage.say(`${words} (at ${String(stage.changes)} changes)`);
    if (outcome === 'done' || outcome === 'refused' || attempts === ATTEMPTS_MAX) return outcome === 'done';
    await stage.sleep(ATTEMPT_PAUSE_MS);
  }
}

/** An account without a generation has no record in which it could say that it is paused. */
async function untilSeen(stage: Stage, { uri }: ChaosAccount): Promise<void> {
  const { ledger } = stage.simulator;
  while (!ledger.sessions.some(({ accountUri }) => accountUri === uri)) await stage.sleep(PAUSE_MS);
}

const PAUSE_MS = 20;

function accountOf({ accounts }: Stage, { account }: { readonly account: number }): ChaosAccount {
  return present(accounts[Math.floor(account * accounts.length)], 'account');
}

function targetOf({ lists }: Stage, { id }: ChaosAccount, user: number | null): string {
  const users = lists.versionsOf(id).at(-1) ?? [];
  return user === null ? id : present(users[Math.floor(user * users.length)], 'user');
}
