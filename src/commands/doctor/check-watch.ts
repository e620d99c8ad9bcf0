import type { BridgeConfiguration } from '../../config/configuration.ts';
import { ok, type Verdict, warning } from './verdict.ts';

/** Users under several accounts, and accounts without users: allowed, and seldom meant. */
export function verdictsOnWatchLists({ accounts }: Pick<BridgeConfiguration, 'accounts'>): readonly Verdict[] {
  const owners = new Map<string, string[]>();
  for (const { id, watch } of accounts) {
    for (const user of watch.users) owners.set(user, [...(owners.get(user) ?? []), id]);
  }
  const shared = [...owners].filter(([, ids]) => ids.length > 1);
  const idle = accounts.filter(({ watch }) => watch.users.length === 0).map(({ id }) => id);
  const verdicts: Verdict[] = [];
  const [first] = shared;
  if (first !== undefined) {
    verdicts.push(
      warning(
        'watch-overlap',
        `${String(shared.length)} users are watched by several accounts, such as ${first[0]} by ${first[1].join(' and ')}: each view is published`,
        'leave each user under one account, and set `watch.overlap: refuse`, unless both views are wanted',
      ),
    );
  }
  if (idle.length > 0) {
    const remedy = 'add users to `accounts[].watch.users` or `file`';
    verdicts.push(warning('watch-empty', `${idle.join(', ')} watch nobody but the contact list`, remedy));
  }
  return verdicts.length > 0 ? verdicts : [ok(`users watched: ${String(owners.size)}, each by one account`)];
}
