import type { Clock } from '../lib/clock.ts';
import type { Random } from './random.ts';

export interface TicketOptions {
  /**
   * `lenient`: an older ticket stays valid until its own expiry, which a client of 2010 needs. `strict`: only the
   * newest one, and the one before it for `ticketGraceMs`.
   */
  readonly ticketRotation: 'lenient' | 'strict';
  /** How long a ticket is valid. */
  readonly ticketLifetimeSeconds: number;
  /** A ticket older than this is replaced with the next answer; 0: with every answer. */
  readonly ticketRenewSeconds: number;
  readonly ticketGraceMs: number;
}

interface Ticket {
  readonly accountUri: string;
  readonly issuedAt: number;
  /** Milliseconds of the monotonic clock. */
  expiresAt: number;
}

/** The tickets of all accounts (transport §3.5). */
export class TicketOffice {
  readonly #options: TicketOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tickets = new Map<string, Ticket>();
  readonly #newest = new Map<string, string>();

  constructor(options: TicketOptions, clock: Clock, random: Random) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  /** A new ticket for an account. */
  issue(accountUri: string): string {
    const now = this.#clock.monotonic();
    this.#prune(now);
    const previous = this.#tickets.get(this.#newest.get(accountUri) ?? '');
    if (previous !== undefined && this.#options.ticketRotation === 'strict') {
      previous.expiresAt = Math.min(previous.expiresAt, now + this.#options.ticketGraceMs);
    }
    const text = this.#text();
    this.#tickets.set(text, { accountUri, issuedAt: now, expiresAt: now + this.#options.ticketLifetimeSeconds * 1000 });
    this.#newest.set(accountUri, text);
    return text;
  }

  /** The account of a valid ticket, or null. */
  accountOf(text: string | undefined): string | null {
    const ticket = this.#tickets.get(text ?? '');
    return ticket !== undefined && ticket.expiresAt > this.#clock.monotonic() ? ticket.accountUri : null;
  }

  /** The ticket that an answer to this account carries: the newest one, or one newer still when that is due. */
  current(accountUri: string): string {
    const text = this.#newest.get(accountUri);
    const ticket = this.#tickets.get(text ?? '');
    const renewMs = this.#options.ticketRenewSeconds * 1000;
    if (text === undefined || ticket === undefined || this.#clock.monotonic() - ticket.issuedAt >= renewMs) {
      return this.issue(accountUri);
    }
    return text;
  }

  /** Makes every ticket of an account invalid. */
  revoke(accountUri: string): void {
    for (const [text, ticket] of this.#tickets) if (ticket.accountUri === accountUri) this.#tickets.delete(text);
    this.#newest.delete(accountUri);
  }

  /** Makes every ticket invalid. */
  forgetAll(): void {
    this.#tickets.clear();
    this.#newest.clear();
  }

  #prune(now: number): void {
    for (const [text, ticket] of this.#tickets) if (ticket.expiresAt <= now) this.#tickets.delete(text);
  }

  /** 30 opaque bytes in Base64. Reproducible, so not secret: this is a simulator. */
  #text(): string {
    return Buffer.from(Array.from({ length: 30 }, () => this.#random.below(256))).toString('base64');
  }
}
