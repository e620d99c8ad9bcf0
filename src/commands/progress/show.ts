import type { AccountProgress } from '../../bridge/progress/account-progress.ts';
import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { type Column, table } from '../../lib/text-table.ts';
import { type CommandIo, type ExitStatus, UsageError } from '../command.ts';
import { accountsIn, readProgress } from './read-progress.ts';

/** What is shown of an account: nothing that is sealed, and nothing about single users. */
interface ShownAccount {
  readonly account: string;
  readonly shard: number;
  readonly isConfigured: boolean;
  readonly state: AccountProgress['state'];
  readonly hold: string;
  readonly generation: number;
  readonly sid: string | null;
  readonly hasSealedSecrets: boolean;
  readonly ackId: string;
  readonly lastSequence: number;
  readonly openGapId: string | null;
  readonly quarantinedUntil: string | null;
  readonly signInRefusals: number;
  readonly users: number;
  readonly usersAwaited: number;
  readonly ordersDone: number;
  readonly lastOrder: AccountProgress['orders']['last'];
  readonly claim: number;
  readonly committedAt: string | null;
}

/** Prints where each account stands, or the one. */
export async function showProgress(
  kafka: KafkajsLog,
  configuration: BridgeConfiguration,
  { accountId, isJson }: { readonly accountId: string | null; readonly isJson: boolean },
  io: CommandIo,
): Promise<ExitStatus> {
  const { progress: topic } = configuration.kafka.topics.names;
  const configured = new Set(configuration.accounts.map(({ id }) => id));
  const shards = await readProgress(kafka, topic, io.signal);
  const all = shards
    .flatMap((progress, shard) => accountsIn(progress).map((found) => shown(found, shard, configured)))
    .toSorted((a, b) => (a.account < b.account ? -1 : 1));
  const chosen = accountId === null ? all : all.filter(({ account }) => account === accountId);
  if (accountId !== null && chosen.length === 0) {
    const known = all.length === 0 ? 'it has none' : `it has ${all.map(({ account }) => account).join(', ')}`;
    throw new UsageError(`${topic} has no account "${accountId}"; ${known}`);
  }
  io.stdout.write(isJson ? chosen.map((account) => `${JSON.stringify(account)}\n`).join('') : table(COLUMNS, chosen));
  return 0;
}

function shown(
  { account, users }: { readonly account: AccountProgress; readonly users: number },
  shard: number,
  configured: ReadonlySet<string>,
): ShownAccount {
  const { accountId, ackId, claim, committedAt, generation, logins, nextSequence, openGapId, orders } = account;
  const { losses, poison, sealed, sid, state, watch } = account;
  const until = state === 'quarantined' ? (poison.until ?? losses.until) : null;
  return {
    account: accountId,
    shard,
    isConfigured: configured.has(accountId),
    state,
    hold: orders.hold,
    generation,
    sid,
    hasSealedSecrets: sealed !== null,
    ackId,
    lastSequence: nextSequence - 1,
    openGapId,
    quarantinedUntil: until === null ? null : new Date(until).toISOString(),
    signInRefusals: logins.refusals.length,
    users,
    usersAwaited: watch.pending.length,
    ordersDone: orders.done,
    lastOrder: orders.last,
    claim,
    committedAt: committedAt === 0 ? null : new Date(committedAt).toISOString(),
  };
}

const COLUMNS: readonly Column<ShownAccount>[] = [
  column('ACCOUNT', ({ account }) => account),
  column('SHARD', ({ shard }) => shard),
  column('STATE', stateOf),
  column('HOLD', ({ hold }) => hold),
  column('GENERATION', ({ generation }) => generation),
  column('SID', ({ sid }) => sid),
  column('ACKID', ({ ackId }) => ackId),
  column('SEQUENCE', ({ lastSequence }) => lastSequence),
  column('GAP', ({ openGapId }) => openGapId),
  column('QUARANTINED UNTIL', ({ quarantinedUntil }) => quarantinedUntil),
  column('REFUSALS', ({ signInRefusals }) => signInRefusals),
  column('USERS', ({ users }) => users),
  column('LAST ORDER', ({ lastOrder }) => lastOrder),
  column('COMMITTED', ({ committedAt }) => committedAt),
];

function column(title: string, valueOf: (account: ShownAccount) => Cell): Column<ShownAccount> {
  return { title, isNumber: false, text: (account) => cellOf(valueOf(account)) };
}

/** Nobody keeps the session of an account that is configured no longer, whatever was committed last. */
function stateOf({ isConfigured, state }: ShownAccount): string {
  return isConfigured || state === 'retired' ? state : 'not configured';
}

type Cell = string | number | ShownAccount['lastOrder'];

function cellOf(value: Cell): string {
  if (value === null) return '-';
  return typeof value === 'object' ? `${value.kind}: ${value.outcome}` : String(value);
}
