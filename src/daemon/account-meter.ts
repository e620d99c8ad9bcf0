import type { AccountObserver } from '../bridge/observer.ts';
import type { Hold } from '../bridge/orders/orders-done.ts';
import type { Failure } from '../bridge/phase.ts';
import type { Clock } from '../lib/clock.ts';
import type { Metrics } from '../observability/metrics.ts';

/** What `/status` says about an account. */
export interface AccountFacts {
  phase: string;
  /** ISO 8601; null before the first. */
  lastSuccessfulPollAt: string | null;
  lastCommitAt: string | null;
  /** When the data channel last brought the outcome of a canary. */
  lastCanaryAt: string | null;
  consecutiveFailures: number;
  /** The last step that failed, also if all is well again; null if none has. */
  lastFailure: { readonly failure: Failure; readonly at: string } | null;
  /** ISO 8601; null where there is no quarantine. */
  quarantinedUntil: string | null;
  /** Whether an operator holds it back. */
  hold: Hold;
}

/** Turns what the bridge tells about one account into metrics, and keeps what `/status` shows. */
export class AccountMeter implements AccountObserver {
  readonly facts: AccountFacts = {
    phase: 'opening',
    lastSuccessfulPollAt: null,
    lastCommitAt: null,
    lastCanaryAt: null,
    consecutiveFailures: 0,
    lastFailure: null,
    quarantinedUntil: null,
    hold: 'none',
  };
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #account: string;
  readonly #site: string;
  readonly #usersOf: () => readonly string[];
  #users: readonly string[] = [];
  #watched: ReadonlySet<string> = new Set();
  /** Last availability name of each watched user: as many as are configured, however many the server sends. */
  readonly #availability = new Map<string, string>();

  constructor(
    metrics: Metrics,
    clock: Clock,
    account: { readonly id: string; readonly site: string },
    usersOf: () => readonly string[],
  ) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#account = account.id;
    this.#site = account.site;
    this.#usersOf = usersOf;
  }

  polled(...[outcome, durationMs]: Parameters<AccountObserver['polled']>): void {
    this.#metrics.polls.inc({ account: this.#account, outcome });
    if (durationMs !== null) this.#metrics.pollDuration.observe({ site: this.#site }, durationMs / 1000);
    if (outcome !== 'events' && outcome !== 'nothing' && outcome !== 'keep-alive') return;
    const now = this.#clock.now();
    this.facts.lastSuccessfulPollAt = new Date(now).toISOString();
    this.#metrics.lastSuccessfulPoll.set({ account: this.#account }, now / 1000);
  }

  answerReceived(answer: Parameters<AccountObserver['answerReceived']>[0]): void {
    this.#metrics.answerSize.observe({}, answer.bytes);
    if (answer.sessionTimeoutSeconds === null) return;
    this.#metrics.sessionTimeLeft.set({ account: this.#account }, answer.sessionTimeoutSeconds);
  }

  eventReceived(event: string): void {
    this.#metrics.eventsReceived.inc({ account: this.#account, event });
  }

  repeatDropped(count: number): void {
    this.#metrics.repeatsDropped.inc({ account: this.#account }, count);
  }

  possibleRepeat(count: number): void {
    this.#metrics.possibleRepeats.inc({ account: this.#account }, count);
  }

  warned(code: string): void {
    this.#metrics.warnings.inc({ code });
  }

  unknownSeen(kind: Parameters<AccountObserver['unknownSeen']>[0]): void {
    this.#metrics.unknownThings.inc({ kind });
  }

  recordPublished(topic: string, bytes: number): void {
    this.#metrics.recordsPublished.inc({ topic });
    this.#metrics.publishedBytes.inc({ topic }, bytes);
  }

  committed({ receivedToCommittedMs }: Parameters<AccountObserver['committed']>[0]): void {
    this.facts.lastCommitAt = new Date(this.#clock.now()).toISOString();
    if (receivedToCommittedMs !== null) this.#metrics.receivedToCommitted.observe({}, receivedToCommittedMs / 1000);
  }

  publishTimeSeen(lagMs: number): void {
    this.#metrics.publishTimeToReceived.observe({}, Math.max(0, lagMs / 1000));
  }

  signInAttempted(outcome: 'accepted' | 'refused' | 'failed'): void {
    this.#metrics.signInAttempts.inc({ site: this.#site, account: this.#account, outcome });
  }

  gapOpened(reason: string): void {
    this.#metrics.gaps.inc({ account: this.#account, reason });
  }

  ackIdOdd(oddity: Parameters<AccountObserver['ackIdOdd']>[0]): void {
    this.#metrics.ackIdOddities.inc({ account: this.#account, oddity });
  }

  sessionTimeLow(isLow: boolean): void {
    this.#metrics.sessionTimeLow.set({ account: this.#account }, isLow ? 1 : 0);
  }

  canaryEnded(outcome: Parameters<AccountObserver['canaryEnded']>[0]): void {
    this.#metrics.canaries.inc({ account: this.#account, outcome });
    if (outcome !== 'answered' && outcome !== 'failed') return;
    const now = this.#clock.now();
    this.facts.lastCanaryAt = new Date(now).toISOString();
    this.#metrics.lastCanary.set({ account: this.#account }, now / 1000);
  }

  deadLettered(reason: string, count: number): void {
    this.#metrics.deadLetters.inc({ reason }, count);
  }

  phaseChanged(phase: Parameters<AccountObserver['phaseChanged']>[0]): void {
    const failures = phase.kind === 'opening' || phase.kind === 'open' ? phase.failures : 0;
    this.facts.phase = phase.kind;
    this.facts.quarantinedUntil = phase.kind === 'quarantined' ? new Date(phase.until).toISOString() : null;
    this.facts.consecutiveFailures = failures;
    this.#metrics.sessionState.setOneHot('state', { account: this.#account, state: phase.kind });
    this.#metrics.consecutiveFailures.set({ account: this.#account }, failures);
  }

  stepFailed(failure: Failure): void {
    this.facts.lastFailure = { failure, at: new Date(this.#clock.now()).toISOString() };
  }

  orderCarriedOut(...[kind, outcome]: Parameters<AccountObserver['orderCarriedOut']>): void {
    this.#metrics.orders.inc({ kind, outcome });
  }

  holdChanged(hold: Hold): void {
    this.facts.hold = hold;
    this.#metrics.hold.setOneHot('hold', { account: this.#account, hold });
  }

  usersChanged(users: Parameters<AccountObserver['usersChanged']>[0]): void {
    const account = this.#account;
    this.#metrics.usersConfigured.set({ account }, users.configured);
    this.#metrics.usersSubscribed.set({ account }, users.subscribed);
    this.#metrics.usersSeen.set({ account }, users.seen);
    this.#metrics.usersMissing.set({ account }, users.missing);
    this.#metrics.usersRefused.set({ account }, users.refused);
    this.#metrics.usersStale.set({ account }, users.stale);
  }

  usersForgotten(users: readonly string[]): void {
    for (const uri of users) {
      const availability = this.#availability.get(uri);
      if (availability === undefined) continue;
      this.#metrics.usersByAvailability.dec({ account: this.#account, availability });
      this.#availability.delete(uri);
    }
  }

  signInEdgeSeen(edge: string): void {
    this.#metrics.signInEdges.inc({ account: this.#account, edge });
  }

  availabilitySeen(userUri: string, availabilityName: string | null): void {
    if (availabilityName === null || !this.#isWatched(userUri)) return;
    const account = this.#account;
    const before = this.#availability.get(userUri);
    if (before === availabilityName) return;
    if (before !== undefined) this.#metrics.usersByAvailability.dec({ account, availability: before });
    this.#metrics.usersByAvailability.inc({ account, availability: availabilityName });
    this.#availability.set(userUri, availabilityName);
  }

  unacknowledged(ms: number): void {
    this.#metrics.unacknowledged.set({ account: this.#account }, ms / 1000);
  }

  exchanged(exchange: { readonly bodyBytes: number; readonly isTicketRenewed: boolean }): void {
    this.#metrics.receivedBytes.inc({ site: this.#site }, exchange.bodyBytes);
    if (exchange.isTicketRenewed) this.#metrics.ticketRenewals.inc({ account: this.#account });
  }

  #isWatched(uri: string): boolean {
    const users = this.#usersOf();
    if (users !== this.#users) {
      this.#users = users;
      this.#watched = new Set(users);
    }
    return this.#watched.has(uri);
  }
}
