import type { BridgeConfiguration } from '../config/configuration.ts';
import { normalizeUri } from '../records/uri.ts';
import { readArguments } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { operandOf, order, ORDER_HELP, ORDER_OPTIONS, waitOf } from './orders/order-command.ts';

export const refresh: Command = {
  name: 'refresh',
  summary: 'asks the server for the presence of all users of an account, or of one user',
  help: `Usage: cwa-bridge refresh ACCOUNT | USER [--config FILE]… [--no-wait | --timeout-ms N]

Asks the server for the presence of every user that the account watches, or of the one user, by the account that
watches it. What the server says is published with origin query. Where no session is open nothing is asked: the next
one begins with everybody. USER is a URI such as sip:anna@fabrikam.example.

${ORDER_HELP}`,
  async run(args, io) {
    const { positionals, values } = readArguments(args, ORDER_OPTIONS, { allowPositionals: true });
    const whom = operandOf(positionals, 'account or user');
    const timeoutMs = waitOf(values);
    const configuration = await configurationFor(values.config ?? [], io, 'kafka');
    if (configuration === null) return 2;
    return order(configuration, { ...targetOf(whom, configuration), timeoutMs }, io);
  },
};

function targetOf(whom: string, { accounts }: BridgeConfiguration) {
  if (accounts.some(({ id }) => id === whom)) {
    return { accountId: whom, task: { kind: 'refresh', users: null } } as const;
  }
  const { uri } = normalizeUri(whom);
  const watcher = uri === null ? undefined : accounts.find(({ watch }) => watch.users.includes(uri));
  if (uri !== null && watcher !== undefined)
    return { accountId: watcher.id, task: { kind: 'refresh', users: [uri] } } as const;
  throw new UsageError(
    `"${whom}" is neither an account (${accounts.map(({ id }) => id).join(', ')}) nor a user that one of them watches, by the watch lists that can be read here`,
  );
}
