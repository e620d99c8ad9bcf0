import { writeFile } from 'node:fs/promises';

/** One time that events were in an answer; the events of one answer share it. */
export interface HandOver {
  /** Milliseconds since the epoch when the answer began. */
  readonly at: number;
  /** Number of the poll within the session, from 1. */
  readonly poll: number;
  /** The `ackId` of the answer. */
  readonly ackIdAnswered: number;
  /** The whole answer was written as it should be and the socket took it to the end: no fault, no break. */
  complete: boolean;
}

/** One event of one session, from its creation on. */
export interface LedgerEvent {
  /** Number of the session, from 1. Unlike a `sid` it never comes again. */
  readonly session: number;
  readonly sid: string;
  readonly accountUri: string;
  /** Null for an event that carries none. */
  readonly eid: number | null;
  readonly eventName: string;
  /** The `user/@uri` of its children, in document order, as on the wire. */
  readonly users: readonly string[];
  /** See `canonical-text.ts`; null if the event was given as raw text. */
  readonly digest: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When a poll acknowledged it, or null. */
  acknowledgedAt: number | null;
  readonly handedOver: HandOver[];
}

/** Why a session ended. */
export type SessionEnd = 'terminated' | 'idle' | 'lost' | 'restart' | 'overflow' | 'closed';

/** One session. */
export interface LedgerSession {
  readonly session: number;
  readonly sid: string;
  readonly accountUri: string;
  readonly openedAt: number;
  endedAt: number | null;
  reason: SessionEnd | null;
  /** How many polls it saw. */
  polls: number;
  /** The latest poll, or null. */
  lastPoll: { readonly ackId: string; readonly at: number; readonly ua: boolean } | null;
}

/** Size of a piece of the export: large enough to be cheap, small enough to be no burden. */
const PIECE_CHARACTERS = 65_536;

/** What the simulator handed over, to be compared with what arrived elsewhere. Kept in memory, written on demand. */
export class Ledger {
  readonly events: LedgerEvent[] = [];
  readonly sessions: LedgerSession[] = [];

  /** Enters an event at its creation. */
  enter(event: Omit<LedgerEvent, 'acknowledgedAt' | 'handedOver'>): LedgerEvent {
    const entry: LedgerEvent = { ...event, acknowledgedAt: null, handedOver: [] };
    this.events.push(entry);
    return entry;
  }

  /** Enters a session at its opening. */
  open(session: Pick<LedgerSession, 'session' | 'sid' | 'accountUri' | 'openedAt'>): LedgerSession {
    const entry: LedgerSession = { ...session, endedAt: null, reason: null, polls: 0, lastPoll: null };
    this.sessions.push(entry);
    return entry;
  }

  /**
   * One JSON object a line: `{type:"session",…}` for each session, then `{type:"event",…}` in order of creation.
   * Yields pieces of many lines.
   */
  *export(): Generator<string> {
    let piece = '';
    for (const line of this.#lines()) {
      piece += line;
      if (piece.length < PIECE_CHARACTERS) continue;
      yield piece;
      piece = '';
    }
    if (piece !== '') yield piece;
  }

  /**
   * Writes the {@link export} to a file, replacing it.
   *
   * @throws the file system's error.
   */
  async writeTo(path: string): Promise<void> {
    await writeFile(path, this.export());
  }

  *#lines(): Generator<string> {
    for (const session of this.sessions) yield `${JSON.stringify({ type: 'session', ...session })}\n`;
    for (const event of this.events) yield `${JSON.stringify({ type: 'event', ...event })}\n`;
  }
}
