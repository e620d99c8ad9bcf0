import type { Clock } from '../lib/clock.ts';
import { ChangeSource } from './change-source.ts';
import { Faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import type { ResolvedOptions, SimulatedAccount } from './options.ts';
import { Population } from './population.ts';
import type { Random } from './random.ts';
import { SessionRegistry } from './session-registry.ts';
import { TicketOffice } from './tickets.ts';

/** What the server counts as it goes. */
interface Counts {
  /** Sign-ins by outcome. */
  ok: number;
  refused: number;
  /** POSTs to the command channel. */
  commands: number;
  /** Polls of live sessions. */
  polls: number;
  /** Polls without a valid ticket or session. */
  pollsRefused: number;
  /** Events in complete answers; one that is handed over twice counts twice. */
  eventsHandedOver: number;
  restarts: number;
}

/** The counts since the start. */
export interface Stats extends Readonly<Omit<Counts, 'ok' | 'refused'>> {
  readonly signIns: { readonly ok: number; readonly refused: number };
  readonly sessionsOpened: number;
  readonly eventsCreated: number;
}

/** Everything that the simulated server knows. The HTTP handlers work on it. */
export class World {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly ledger = new Ledger();
  readonly population: Population;
  readonly registry: SessionRegistry;
  readonly tickets: TicketOffice;
  readonly faults: Faults;
  /** For small choices of the server: how snapshots are grouped, where an answer is cut. */
  readonly random: Random;
  readonly #counts: Counts = {
    ok: 0,
    refused: 0,
    commands: 0,
    polls: 0,
    pollsRefused: 0,
    eventsHandedOver: 0,
    restarts: 0,
  };
  readonly #sources = new Map<string, ChangeSource>();
  /** Subscribers by the account that has acknowledged them. */
  readonly #acknowledged = new Map<string, Set<string>>();

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.clock = options.clock;
    this.population = new Population(options.seed, options.users);
    this.registry = new SessionRegistry(options, this.ledger, options.clock);
    this.tickets = new TicketOffice(options, options.clock, options.makeRandom('tickets'));
    this.faults = new Faults(options.makeRandom('faults'));
    this.random = options.makeRandom('server');
    for (const fault of options.faults) this.faults.arm(fault);
    for (const [index, account] of options.accounts.entries()) this.#sources.set(key(account.uri), this.#source(index));
  }

  /** Adds to a count. */
  count(name: keyof Counts, by = 1): void {
    this.#counts[name] += by;
  }

  get stats(): Stats {
    const { ok, refused, ...counts } = this.#counts;
    return {
      signIns: { ok, refused },
      sessionsOpened: this.registry.opened,
      eventsCreated: this.ledger.events.length,
      ...counts,
    };
  }

  /** The account with these credentials, or null. */
  accountWith(user: string, password: string): SimulatedAccount | null {
    const account = this.accountNamed(user);
    return account?.password === password ? account : null;
  }

  accountNamed(user: string): SimulatedAccount | null {
    return this.options.accounts.find((candidate) => key(candidate.user) === key(user)) ?? null;
  }

  /** The changes around an account, or null if there is no such account. */
  sourceOf(accountUri: string): ChangeSource | null {
    return this.#sources.get(key(accountUri)) ?? null;
  }

  /** An account has acknowledged these subscribers: sessions announce them no more (transport §11). */
  acknowledge(accountUri: string, uris: readonly string[]): void {
    const known = this.#acknowledged.get(key(accountUri)) ?? new Set();
    this.#acknowledged.set(key(accountUri), known.union(new Set(uris.map(key))));
  }

  hasAcknowledged(accountUri: string, uri: string): boolean {
    return this.#acknowledged.get(key(accountUri))?.has(key(uri)) ?? false;
  }

  /** Makes seeded changes for the newest live session of an account, and returns how many. */
  createChanges(accountUri: string, count: number): number {
    this.sweep();
    const session = this.registry.ofAccount(accountUri).at(-1);
    if (session === undefined) return 0;
    return this.sourceOf(accountUri)?.create(session, count, () => this.clock.now()) ?? 0;
  }

  /** How many seeded changes are still to come. */
  get changesLeft(): number {
    return [...this.#sources.values()].reduce((sum, source) => sum + source.left, 0);
  }

  /** Ends what has run out of time. Called before each request: no timer is needed. */
  sweep(): void {
    const idle = this.registry.endIdle();
    if (this.options.idleEnds === 'session') return;
    for (const { accountUri } of idle) {
      if (this.registry.ofAccount(accountUri).length === 0) this.tickets.revoke(accountUri);
    }
  }

  /** Forgets sessions and tickets, as a server does that was started anew. All else stays. */
  forget(): void {
    this.registry.endAll('restart');
    this.tickets.forgetAll();
    if (this.options.sidAfterRestart === 'again') this.registry.restartNumbers();
    this.count('restarts');
  }

  #source(index: number): ChangeSource {
    const { accounts, eventsTotal, makeRandom } = this.options;
    const uri = accounts[index]?.uri ?? '';
    const share = Math.floor(eventsTotal / accounts.length) + (index < eventsTotal % accounts.length ? 1 : 0);
    return new ChangeSource(uri, share, {
      random: makeRandom(`changes/${key(uri)}`),
      registry: this.registry,
      options: this.options,
    });
  }
}

function key(text: string): string {
  return text.toLowerCase();
}
