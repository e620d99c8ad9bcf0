import { stringify } from 'yaml';
import type { BridgeConfiguration } from './configuration.ts';
import { MASK, Secret } from './secret.ts';

/** The effective configuration as YAML: defaults filled in, URIs normalised, secrets masked; and how users are spread. */
export function printConfiguration(configuration: BridgeConfiguration): string {
  const accounts = configuration.accounts.map(({ watch: { file, users }, ...account }) => {
    return { ...account, watch: { users, file } };
  });
  const plain = JSON.parse(JSON.stringify({ ...configuration, accounts }, maskSecret)) as unknown;
  return stringify(plain, { lineWidth: 0 }) + usersOfAccounts(configuration);
}

/** Comments: whoever reads the YAML by machine is not to stumble. */
function usersOfAccounts({ accounts, pools, watch }: BridgeConfiguration): string {
  const lines = accounts.map((account) => {
    const pool = pools.find((candidate) => candidate.accounts.includes(account.id));
    const from = pool === undefined ? '' : `, pool ${pool.name}`;
    const { length } = account.watch.users;
    return `#   ${account.id}: ${String(length)} of at most ${String(watch.usersPerAccountMax)}${from}\n`;
  });
  return `# Users that each account watches:\n${lines.join('')}`;
}

/** A secret shows where it comes from, which helps, and never what it is. */
function maskSecret(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (!(original instanceof Secret)) return value;
  return original.file === null ? MASK : `${MASK} from ${original.file}`;
}
