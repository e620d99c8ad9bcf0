import type { BridgeConfiguration } from '../../config/configuration.ts';
import { BridgeError, messageOf } from '../../lib/errors.ts';
import { CONFIG_HELP, CONFIG_OPTION } from '../arguments.ts';
import { type CommandIo, type ExitStatus, UsageError } from '../command.ts';
import { giveOrder, type GivenOrder, type OrderRequest } from './give-order.ts';
import { connectQuietly } from '../quiet-kafka.ts';

/** The options of every command that gives an order. */
export const ORDER_OPTIONS = {
  ...CONFIG_OPTION,
  'no-wait': { type: 'boolean' },
  'timeout-ms': { type: 'string' },
} as const;

const TIMEOUT_MS = 30_000;

export const ORDER_HELP = `${CONFIG_HELP}
      --no-wait           Do not wait until it is carried out.
      --timeout-ms N      Wait so long at most; default ${String(TIMEOUT_MS)}.

The order is written to the orders topic of this configuration, from any host that reaches Kafka. The bridge that owns
the account carries it out, in the order of orders, exactly once; if none runs, at the next start (within the 7 days
that the topic keeps it).

Standard output: one JSON object {order, accountId, id, outcome, detail}; outcome is done, refused, failed or waiting.

Exit status: 0 done (with --no-wait: ordered); 1 refused, failed, not carried out in time, or Kafka could not be asked;
2 invalid configuration or usage.
`;

/** @throws {@link UsageError} */
export function waitOf(values: {
  readonly 'no-wait'?: boolean | undefined;
  readonly 'timeout-ms'?: string | undefined;
}): number {
  const { 'no-wait': isNotWaiting, 'timeout-ms': text } = values;
  if (isNotWaiting === true) return 0;
  if (text === undefined) return TIMEOUT_MS;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--timeout-ms "${text}" is no number of milliseconds above 0`);
  return Number(text);
}

/**
 * The one operand.
 *
 * @throws {@link UsageError}
 */
export function operandOf(positionals: readonly string[], what: string): string {
  const [operand, ...more] = positionals;
  if (operand === undefined) throw new UsageError(`which ${what}? Write it behind the command`);
  if (more.length > 0) throw new UsageError(`one ${what} at a time; "${more.join(' ')}" is too much`);
  return operand;
}

/** @throws {@link UsageError} if there is none of that name. */
export function checkAccountId(accountId: string, { accounts }: BridgeConfiguration): void {
  if (accounts.some(({ id }) => id === accountId)) return;
  throw new UsageError(
    `the configuration has no account "${accountId}"; it has ${accounts.map(({ id }) => id).join(', ')}`,
  );
}

/** Gives one order, and says what became of it. */
export async function order(
  configuration: BridgeConfiguration,
  request: OrderRequest,
  io: CommandIo,
): Promise<ExitStatus> {
  return inTurn(configuration, [request], io);
}

/** Gives orders, each when the one before is carried out; says what became of each. */
export async function inTurn(
  configuration: BridgeConfiguration,
  requests: readonly OrderRequest[],
  io: CommandIo,
): Promise<ExitStatus> {
  const kafka = connectQuietly(configuration, io);
  try {
    let status: ExitStatus = 0;
    for (const request of requests) {
      const given = await giveOrder(kafka, configuration, request, io.signal);
      if (say(given, request, io) !== 0) status = 1;
    }
    return status;
  } catch (error) {
    if (!(error instanceof BridgeError) && !io.signal.aborted) throw error;
    io.stderr.write(`cwa-bridge: the order was not given: ${messageOf(error)}\n`);
    return 1;
  } finally {
    await kafka.close();
  }
}

/** In words on standard error, for machines on standard output. */
function say({ id, result }: GivenOrder, { accountId, task, timeoutMs }: OrderRequest, io: CommandIo): ExitStatus {
  const { kind } = task;
  const outcome = result?.outcome ?? 'waiting';
  const detail = result?.detail ?? null;
  io.stdout.write(`${JSON.stringify({ order: kind, accountId, id, outcome, detail })}\n`);
  if (result !== null) {
    io.stderr.write(`${kind} of ${accountId}: ${result.outcome}: ${result.detail}.\n`);
    return result.outcome === 'done' ? 0 : 1;
  }
  const stays = `it stays, and is carried out when a bridge runs that has this account (order ${id})`;
  if (timeoutMs === 0) {
    io.stderr.write(`${kind} of ${accountId}: ordered, not waited for; ${stays}.\n`);
    return 0;
  }
  const when = io.signal.aborted ? 'before you stopped waiting' : `within ${String(timeoutMs)} ms`;
  io.stderr.write(`${kind} of ${accountId}: not carried out yet: nobody took it ${when}; ${stays}.\n`);
  return 1;
}
