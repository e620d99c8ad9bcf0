import { present } from '../../src/lib/assert.ts';
import type { ChaosAccount } from './bridge-config.ts';
import { count, type Tally } from './lanes.ts';
import { type OrderName, giveOrder } from './operator.ts';
import type { OrderAction, WatchAction } from './plan.ts';
import type { Stage } from './stage.ts';

/** An account that is not let go is never done with its events: its order is given again, but not for ever. */
const ATTEMPTS_MAX = 10;

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

async function letGo(stage: Stage, accountId: string): Promise<void> {
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts += 1) if (await give(stage, 'resume', accountId)) return;
  stage.troubles.push(`${accountId} could not be resumed`);
}

async function give(stage: Stage, name: OrderName, operand: string): Promise<boolean> {
  const { isDone, words } = await giveOrder(name, operand, stage.configFile, stage.signal);
  stage.say(`${words} (at ${String(stage.changes)} changes)`);
  return isDone;
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
