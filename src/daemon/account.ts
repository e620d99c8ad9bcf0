import { randomUUID } from 'node:crypto';

import { Bridge } from '../bridge/bridge.ts';
import { Cursor } from '../bridge/progress/cursor.ts';
import { leaveSession } from '../bridge/session/leave.ts';
import { isCarriedOut } from '../bridge/orders/orders-done.ts';
import type { LetterSource } from '../bridge/orders/letter-source.ts';
import { OrderInbox } from '../bridge/orders/order-inbox.ts';
import type { Order } from '../bridge/orders/order.ts';
import { type BridgeParts, planContext } from '../bridge/parts.ts';
import { RefusedSecret } from '../bridge/sign-in/refused-secret.ts';
import type { SealingKey } from '../bridge/progress/sealing.ts';
import { recoverProgress } from '../bridge/progress/user-progress.ts';
import { type SignInGate, signInWithinBudget } from '../bridge/sign-in/sign-in.ts';
import { WatchList } from '../bridge/watching/watch-list.ts';
import type { AccountConfiguration, BridgeConfiguration } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import type { CwaClient } from '../cwa/client.ts';
import { type RevealedSecrets, SessionSecrets } from '../cwa/session-secrets.ts';
import { assert } from '../lib/assert.ts';
import type { Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { withPulse } from '../lib/with-pulse.ts';
import type { Pulse } from '../observability/heartbeat.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SchemaIds } from '../records/encode-value.ts';
import type { PseudonymKey } from '../records/pseudonyms/pseudonym.ts';
import { AccountMeter } from './account-meter.ts';
import { bridgeSettingsOf } from './bridge-settings.ts';
import { createCwaClient, passwordOf } from './cwa-client.ts';
import type { HeldShard } from './shards.ts';
import type { WatchDirectory } from './watch-directory.ts';

export interface AccountWorld {
  readonly configuration: BridgeConfiguration;
  readonly files: LatestFiles;
  /** Whom each account is to watch now. */
  readonly watch: WatchDirectory;
  readonly sealingKeys: readonly SealingKey[];
  readonly pseudonymKeys: readonly PseudonymKey[];
  readonly replica: string;
  /** Undefined: values are JSON. */
  readonly schemaIds: SchemaIds | undefined;
  readonly letters: LetterSource;
  /** The sign-in gate that all accounts of a site share. */
  readonly gateOf: (site: string) => SignInGate;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** A loop's pulse, by its name. */
  readonly pulse: (loop: string) => Pulse;
}

/** One configured account at work: its client, its cursor, its loop. */
export class Account {
  readonly id: string;
  readonly meter: AccountMeter;
  readonly #parts: BridgeParts;
  readonly #bridge: Bridge;
  readonly #pulse: Pulse;

  private constructor(parts: BridgeParts, bridge: Bridge, meter: AccountMeter, pulse: Pulse) {
    this.id = parts.settings.account.accountId;
    this.meter = meter;
    this.#parts = parts;
    this.#bridge = bridge;
    this.#pulse = pulse;
  }

  /** Puts an account together on what its shard recovered. Touches no network. */
  static create(world: AccountWorld, account: AccountConfiguration, held: HeldShard): Account {
    const { clock, configuration, metrics, random, sealingKeys } = world;
    const gate = world.gateOf(account.site);
    const isWatchedElsewhere = (uri: string): boolean => world.watch.isWatchedElsewhere(account.id, uri);
    const settings = bridgeSettingsOf(configuration, account, { ...world, isWatchedElsewhere });
    const source = world.watch.sourceFor(account.id);
    const meter = new AccountMeter(metrics, clock, account, () => source.users);
    const pulse = world.pulse(`account ${account.id}`);
    const log = world.log.child({ accountId: account.id, site: account.site });
    const client = createCwaClient(configuration, account, clock, world.files, {
      onExchange: (exchange) => meter.exchanged(exchange),
      onOddAnswer: (answer) => log.debug({ answer }, 'the server answered with something else than a document'),
    });
    const beat = (): void => pulse.beat();
    const cursor = cursorOf(world, account, held, client, beat);
    const hasTicket = restoreSecrets(client, cursor);
    const refused = new RefusedSecret();
    const password = (): Promise<string | null> => passwordOf(account);
    const signIn = (signal: AbortSignal): Promise<void> =>
      signInWithinBudget(
        {
          settings,
          gate: { enter: (turn) => withPulse(gate.enter(turn), beat, clock) },
          cursor,
          observer: meter,
          clock,
          password,
          signIn: async (attempt) => {
            await client.signIn(attempt);
          },
          refused,
          planContext: () => planContext(parts),
        },
        signal,
      );
    const parts: BridgeParts = {
      settings,
      watch: new WatchList(source, cursor.progress),
      client,
      cursor,
      signIn,
      hasNewSecret: async () => refused.isReplacedBy(await password()),
      observer: meter,
      log,
      clock,
      random,
      newId: randomUUID,
      claim: () => held.shard.status.claim ?? 0,
      orders: new OrderInbox(clock),
      letters: world.letters,
      takePartitionChanges: held.partitionChangesFor(account.id),
      beat,
    };
    assert(sealingKeys.length > 0 || !hasTicket, 'no secrets open without a key');
    return new Account(parts, new Bridge(parts, hasTicket), meter, pulse);
  }

  /** Runs until `signal` aborts; see {@link Bridge.run} for what it throws. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#bridge.run(signal);
    } finally {
      this.#pulse.end();
    }
  }

  /** Carried out between two steps of the loop, unless it was carried out before. */
  order(order: Order): void {
    if (!isCarriedOut(order, this.#parts.cursor.progress.orders)) this.#parts.orders.put(order);
  }

  /** Hands the session over, or signs it out. */
  async leave(deadline: AbortSignal): Promise<void> {
    await leaveSession(this.#parts, deadline);
  }

  async close(): Promise<void> {
    await this.#parts.client.close();
  }

  /** For `/status`: no secrets, no content. */
  status(): object {
    const { ackId, generation, nextSequence, openGapId, orders, sid, watch } = this.#parts.cursor.progress;
    const { site } = this.#parts.settings.account;
    return {
      id: this.id,
      site,
      ...this.meter.facts,
      generation,
      sid,
      ackId,
      recordsInGeneration: nextSequence - 1,
      usersAwaited: watch.pending.length,
      openGapId,
      lastOrder: orders.last,
    };
  }
}

function cursorOf(
  { clock, configuration, sealingKeys }: AccountWorld,
  account: AccountConfiguration,
  { recovered, shard }: HeldShard,
  client: CwaClient,
  beat: () => void,
): Cursor {
  return new Cursor({
    installation: configuration.installation,
    shard: {
      get claim() {
        return shard.status.claim ?? recovered.claim;
      },
      commit: (unit) => withPulse(shard.commit(unit), beat, clock),
    },
    recovered: recoverProgress(account.id, account.uri, recovered.progress),
    sealingKeys,
    secrets: () => JSON.stringify(client.credentials().reveal()),
    clock,
  });
}

/** The client takes over the session's secrets, if they came along and open. */
function restoreSecrets(client: CwaClient, cursor: Cursor): boolean {
  const text = cursor.openSecrets();
  if (text === null) return false;
  client.restore(new SessionSecrets(JSON.parse(text) as RevealedSecrets));
  return true;
}
