import { digestOf } from './canonical-text.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import type { Ledger, LedgerSession, SessionEnd } from './ledger.ts';
import type { User } from './user.ts';
import { elementChildren, withAttribute, type Element } from './xml-node.ts';
import { writeXml, type WireStyle } from './xml-writer.ts';

/** An event given as text: `{eid}` in it stands for the number that it gets. The ledger has no digest for it. */
export interface RawEvent {
  readonly xml: string;
  readonly eventName: string;
  readonly users?: readonly string[];
}

/** One data-channel answer. */
export interface Answer {
  readonly body: string;
  readonly ackId: number;
  readonly events: readonly QueuedEvent[];
}

export interface SessionOptions {
  readonly wireStyle: WireStyle;
  readonly sessionTimeoutSeconds: number;
}

/** What a session is made of. */
export interface SessionParts {
  readonly number: number;
  readonly sid: string;
  readonly accountUri: string;
  readonly options: SessionOptions;
  readonly ledger: Ledger;
  /** Wall time in milliseconds. */
  readonly openedAt: number;
  /** Monotonic time in milliseconds. */
  readonly startedAt: number;
}

/** One session of an account: its events, its subscriptions, and how long it still lives. */
export class Session {
  readonly number: number;
  readonly sid: string;
  readonly accountUri: string;
  readonly queue = new EventQueue();
  readonly record: LedgerSession;
  /** The URIs subscribed to, in lower case. */
  readonly subscriptions = new Set<string>();
  /** Those of them that are users of the population. */
  watched: readonly User[] = [];
  /** When changes were made up to, in monotonic milliseconds. */
  changesMadeUntil: number;
  /** The body of the latest data-channel answer, for the fault that repeats it. */
  previousAnswer: Answer | null = null;
  readonly #options: SessionOptions;
  readonly #ledger: Ledger;
  #activeAt: number;

  constructor({ number, sid, accountUri, options, ledger, openedAt, startedAt }: SessionParts) {
    this.number = number;
    this.sid = sid;
    this.accountUri = accountUri;
    this.#options = options;
    this.#ledger = ledger;
    this.#activeAt = startedAt;
    this.changesMadeUntil = startedAt;
    this.record = ledger.open({ session: number, sid, accountUri, openedAt });
  }

  get isLive(): boolean {
    return this.record.endedAt === null;
  }

  /** The user was active: the session's time starts anew (transport §7). */
  touch(monotonicMs: number): void {
    this.#activeAt = monotonicMs;
  }

  /** Milliseconds until the session ends without user activity. */
  leftMs(monotonicMs: number): number {
    return Math.max(0, this.#activeAt + this.#options.sessionTimeoutSeconds * 1000 - monotonicMs);
  }

  /** Ends the session. What it had not handed over is gone with it. */
  end(reason: SessionEnd, at: number): void {
    if (!this.isLive) return;
    this.record.endedAt = at;
    this.record.reason = reason;
    this.previousAnswer = null;
  }

  /**
   * Creates an event of this session.
   *
   * @param createdAt wall time in milliseconds.
   * @param hasEid false for an event that carries none, though it takes a number.
   */
  emit(event: Element, createdAt: number, hasEid = true): void {
    const eid = this.queue.advance();
    const numbered = hasEid ? withAttribute(event, 'eid', String(eid)) : event;
    const entry = this.#ledger.enter({
      ...this.#identity(),
      eid: hasEid ? eid : null,
      eventName: event.name,
      users: usersOf(event),
      digest: digestOf(numbered),
      createdAt,
    });
    this.queue.add(writeXml(numbered, this.#options.wireStyle, 1), entry);
  }

  /** Creates an event from text, which is put on the wire as it is; `{eid}` in it becomes the number it takes. */
  emitRaw({ xml, eventName, users = [] }: RawEvent, createdAt: number): void {
    const eid = this.queue.advance();
    const entry = this.#ledger.enter({
      ...this.#identity(),
      eid: xml.includes('{eid}') ? eid : null,
      eventName,
      users,
      digest: null,
      createdAt,
    });
    this.queue.add(xml.replaceAll('{eid}', String(eid)), entry);
  }

  #identity(): { session: number; sid: string; accountUri: string } {
    return { session: this.number, sid: this.sid, accountUri: this.accountUri };
  }
}

function usersOf(event: Element): readonly string[] {
  return elementChildren(event)
    .filter(({ name }) => name === 'user')
    .map(({ attributes }) => attributes.find(({ name }) => name === 'uri')?.value ?? '');
}
