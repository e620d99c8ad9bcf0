import type { LedgerEvent } from './ledger.ts';

/** An event as it waits for its acknowledgement. */
export interface QueuedEvent {
  /**
   * The value of the session's counter that acknowledges it: its eid, or a later number if it was held back.
   */
  readonly position: number;
  readonly entry: LedgerEvent;
  /** Its XML as written, without the first line's indentation. */
  readonly xml: string;
}

/**
 * The events of one session and the exact rules of `ackId` (transport §6.3):
 *
 * - one counter per session, raised by one for each event; the eid of an event is that number;
 * - a poll's `ackId` below the counter: everything after it is given, also what was given before;
 * - at or above the counter: nothing; too high: nothing until the counter has passed it, and what lies between is lost.
 *
 * What a poll has acknowledged is forgotten at once. No source says how long servers keep it, and a server that
 * forgets finds more mistakes of a client.
 */
export class EventQueue {
  #counter = 0;
  #pending: QueuedEvent[] = [];
  /** Where the events begin that are not forgotten: those before it are dropped now and then, not at every poll. */
  #first = 0;
  #held: QueuedEvent[] = [];

  /** The number of the latest event. */
  get counter(): number {
    return this.#counter;
  }

  /** How many events are kept. */
  get size(): number {
    return this.#pending.length - this.#first + this.#held.length;
  }

  /** The next number: that of the event that is about to be added. Numbers that nobody uses are legal gaps. */
  advance(): number {
    this.#counter += 1;
    return this.#counter;
  }

  /** Adds an event at the number that {@link advance} gave. */
  add(xml: string, entry: LedgerEvent): void {
    this.#pending.push({ position: this.#counter, entry, xml });
  }

  /** Forgets what `ackId` covers. */
  acknowledge(ackId: number, at: number): void {
    for (let event = this.#pending[this.#first]; event !== undefined; event = this.#pending[this.#first]) {
      if (event.position > ackId) break;
      if (event.entry.handedOver.length > 0) event.entry.acknowledgedAt = at;
      this.#first += 1;
    }
    if (this.#first * 2 > this.#pending.length) this.#dropForgotten();
  }

  /** At most `limit` events after `ackId`, in the order of their positions. */
  peek(ackId: number, limit: number): readonly QueuedEvent[] {
    if (ackId >= this.#counter) return [];
    let from = this.#first;
    while ((this.#pending[from]?.position ?? Infinity) <= ackId) from += 1;
    return this.#pending.slice(from, from + limit);
  }

  /** Holds an event back until a poll has acknowledged a higher eid: it then comes late. */
  holdBack(event: QueuedEvent): void {
    this.#dropForgotten();
    this.#pending = this.#pending.filter((other) => other !== event);
    this.#held.push(event);
  }

  /**
   * Puts held events that `ackId` has passed at the end. Each takes a number of the counter for its position, so that
   * the rules of `ackId` also decide when it is given again and when it is done.
   */
  releaseHeld(ackId: number): void {
    if (this.#held.length === 0) return;
    const isPassed = ({ position }: QueuedEvent): boolean => position <= ackId;
    const passed = this.#held.filter(isPassed);
    this.#held = this.#held.filter((event) => !isPassed(event));
    for (const event of passed) this.#pending.push({ ...event, position: this.advance() });
  }

  #dropForgotten(): void {
    this.#pending = this.#pending.slice(this.#first);
    this.#first = 0;
  }
}
