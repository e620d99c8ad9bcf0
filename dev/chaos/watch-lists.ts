import { rename, writeFile } from 'node:fs/promises';

import { present } from '../../src/lib/assert.ts';
import { type ChaosAccount, FIXED_USERS } from './bridge-config.ts';

/** How long a list may become, and how short. */
const LENGTH = { least: 8, most: 18 } as const;
/** A list is told from so many before it by its length, for the records name nothing else of it. */
const DISTINCT = 4;

interface AccountList {
  readonly account: ChaosAccount;
  /** Every list of it, the latest at the end. */
  readonly versions: (readonly string[])[];
  /** Who comes next is at the front; whoever went is at the back. */
  readonly spare: string[];
}

/** The watch files of the accounts, which operators change, and everything that they ever held. */
export class WatchLists {
  readonly #lists: ReadonlyMap<string, AccountList>;

  constructor(accounts: readonly ChaosAccount[]) {
    const listOf = (account: ChaosAccount): AccountList => {
      return { account, versions: [account.users], spare: [...account.spare] };
    };
    this.#lists = new Map(accounts.map((account) => [account.id, listOf(account)]));
  }

  /** Every list of an account, the first one first. */
  versionsOf(accountId: string): readonly (readonly string[])[] {
    return this.#lists.get(accountId)?.versions ?? [];
  }

  async writeAll(): Promise<void> {
    for (const list of this.#lists.values()) await write(list);
  }

  /**
   * Takes users from the front of the file and adds others at its end; more or fewer where the length of the list
   * would not tell it from those before.
   *
   * @returns in words what was changed.
   */
  async change(accountId: string, removed: number, added: number): Promise<string> {
    const list = this.#lists.get(accountId);
    if (list === undefined) throw new RangeError(`no account ${accountId}`);
    const before = list.versions.at(-1) ?? [];
    const end = FIXED_USERS + Math.max(removed, before.length - LENGTH.most + DISTINCT);
    const kept = [...before.slice(0, FIXED_USERS), ...before.slice(end)];
    const newcomers = list.spare.splice(0, lengthOf(list, kept.length, added) - kept.length);
    const gone = before.slice(FIXED_USERS, end);
    list.spare.push(...gone);
    list.versions.push([...kept, ...newcomers]);
    await write(list);
    return `watch file of ${accountId}: ${String(newcomers.length)} added, ${String(gone.length)} removed`;
  }
}

/** How long the next list is: not as one of the last ones. */
function lengthOf({ versions }: AccountList, kept: number, added: number): number {
  const lately = new Set(versions.slice(-DISTINCT).map(({ length }) => length));
  const least = Math.max(LENGTH.least, kept);
  const free = Array.from({ length: LENGTH.most - least + 1 }, (_, index) => least + index).filter(
    (length) => !lately.has(length),
  );
  return present(free.find((length) => length >= kept + added) ?? free[0], 'length of a list');
}

/** In one step, as docs/watch-lists.md has it: a bridge that starts meanwhile must not read half of it. */
async function write({ account: { watchFile }, versions }: AccountList): Promise<void> {
  if (watchFile === null) return;
  const users = versions.at(-1)?.slice(FIXED_USERS) ?? [];
  await writeFile(`${watchFile}.new`, ['# written by an operator', ...users, ''].join('\n'));
  await rename(`${watchFile}.new`, watchFile);
}
