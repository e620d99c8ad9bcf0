import { Random } from '../../src/simulator/random.ts';
import type { FaultSpec } from '../../src/simulator/faults.ts';

/** What can happen to the answer of a poll, in proportion. None of it excuses the loss of an event. */
const LINK_FAULTS = {
  cutLength: 20,
  cutChunked: 20,
  reset: 10,
  status: 10,
  slow: 10,
  repeat: 15,
  shuffle: 20,
  late: 20,
  duplicate: 20,
  malformed: 6,
  hang: 3,
  redirect: 3,
  html: 3,
} as const;

type LinkFault = keyof typeof LINK_FAULTS;

/** These make the client sign in. A second one right after the first says that the session is gone, which it is not. */
const LOOK_LIKE_A_LOST_TICKET: ReadonlySet<LinkFault> = new Set(['redirect', 'html']);
/** Polls of an account between two of them. */
const TICKET_PEACE_POLLS = 20;
/** Unreadable answers end a session by design when they come in a row. */
const UNREADABLE: ReadonlySet<LinkFault> = new Set(['malformed']);
const UNREADABLE_PEACE_POLLS = 5;

/** Decides, poll by poll, what happens to the answer: from the seed, the account and the number of its poll alone. */
export class LinkFaults {
  readonly #seed: string;
  readonly #rate: number;
  readonly #arm: (spec: FaultSpec) => void;
  readonly #accounts = new Map<string, AccountLink>();
  #isCalm = false;

  constructor(seed: string, rate: number, arm: (spec: FaultSpec) => void) {
    this.#seed = seed;
    this.#rate = rate;
    this.#arm = arm;
  }

  /** From now on the link is good. */
  calm(): void {
    this.#isCalm = true;
  }

  /** To be called when a poll has arrived and before it is answered. */
  onPoll(accountUri: string): void {
    if (this.#isCalm) return;
    const account = this.#accounts.get(accountUri) ?? new AccountLink(new Random(`${this.#seed}/link/${accountUri}`));
    this.#accounts.set(accountUri, account);
    const fault = account.next(this.#rate);
    if (fault !== null) this.#arm({ ...fault, account: accountUri, count: 1 });
  }
}

class AccountLink {
  readonly #random: Random;
  #polls = 0;
  #ticketPeaceUntil = 0;
  #unreadablePeaceUntil = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(rate: number): FaultSpec | null {
    this.#polls += 1;
    if (!this.#random.chance(rate)) return null;
    const kind = this.#random.weighted(LINK_FAULTS);
    if (LOOK_LIKE_A_LOST_TICKET.has(kind)) {
      if (this.#polls < this.#ticketPeaceUntil) return null;
      this.#ticketPeaceUntil = this.#polls + TICKET_PEACE_POLLS;
    }
    if (UNREADABLE.has(kind)) {
      if (this.#polls < this.#unreadablePeaceUntil) return null;
      this.#unreadablePeaceUntil = this.#polls + UNREADABLE_PEACE_POLLS;
    }
    return { kind, ...this.#details(kind) };
  }

  #details(kind: LinkFault): Omit<FaultSpec, 'kind'> {
    if (kind === 'slow') return { delayMs: this.#random.between(50, 900) };
    if (kind === 'status') return { status: this.#random.pick([500, 502, 503, 504]) };
    return {};
  }
}
