import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { configurationFor } from './configuration.ts';
import { checkAccountId, operandOf, order, ORDER_HELP, ORDER_OPTIONS, waitOf } from './orders/order-command.ts';

/** A command that gives one order to one account and says nothing more about it. */
function accountOrder(name: 'pause' | 'resume' | 'sign-out', summary: string, text: string): Command {
  return {
    name,
    summary,
    help: `Usage: cwa-bridge ${name} ACCOUNT [--config FILE]… [--no-wait | --timeout-ms N]

${text}

${ORDER_HELP}`,
    async run(args, io) {
      const { positionals, values } = readArguments(args, ORDER_OPTIONS, { allowPositionals: true });
      const accountId = operandOf(positionals, 'account');
      const timeoutMs = waitOf(values);
      const configuration = await configurationFor(values.config ?? [], io, 'kafka');
      if (configuration === null) return 2;
      checkAccountId(accountId, configuration);
      return order(configuration, { accountId, task: { kind: name }, timeoutMs }, io);
    },
  };
}

export const pause = accountOrder(
  'pause',
  'keeps the session of an account alive and publishes nothing, until resume',
  `From here on the account's session is only kept alive: nothing is acknowledged and nothing is published, also over
restarts, until cwa-bridge resume. Then the server hands out again what happened meanwhile, as far as it kept it: a
server may give up a session of which it has kept too much. An account without a session opens none. Current states
stand still meanwhile; they are not marked as stale.

A bridge without sealing.keys ends its sessions when it stops; then a pause over a restart keeps no session.`,
);

export const resume = accountOrder(
  'resume',
  'ends a pause, a sign-out, a quarantine, or a stop after refused sign-ins',
  `Ends whatever holds the account back: pause, sign-out, the quarantine after unreadable answers, the stop after refused
sign-ins. What led to the last two is forgotten, so correct the password
before: the next refusal stops it again. A new password in its file is noticed without this command.`,
);

export const signOut = accountOrder(
  'sign-out',
  'ends the session of an account, and opens none until resume',
  `Ends the account's session on the server after the last commit. The account stays signed out, also over restarts, until
cwa-bridge resume. What happens meanwhile is not known: resume opens a gap and closes it with a snapshot.`,
);
