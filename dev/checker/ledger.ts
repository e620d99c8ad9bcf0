/**
 * The simulator's ledger as the checker reads it: only what it needs, in types of its own. The checker shares no code
 * with the bridge or the simulator, so that one misreading cannot stand on both sides.
 */
export interface Ledger {
  readonly sessions: readonly LedgerSession[];
  readonly events: readonly LedgerEvent[];
}

export interface LedgerSession {
  /** Never the same again, unlike `sid`. */
  readonly session: number;
  readonly sid: string;
  readonly accountUri: string;
  readonly reason: string | null;
}

export interface LedgerEvent {
  readonly session: number;
  /** Null for an event that carries none. */
  readonly eid: number | null;
  readonly eventName: string;
  /** The `user/@uri` inside, as on the wire. */
  readonly users: readonly string[];
  /** Of the canonical text, by the simulator's own model; null for an event that was given as text. */
  readonly digest: string | null;
  readonly acknowledgedAt: number | null;
  readonly handedOver: readonly {
    /** Number of the poll within the session: which answer it was. */
    readonly poll: number;
    readonly ackIdAnswered: number;
    readonly complete: boolean;
  }[];
}

/** The end of a session that the bridge was ordered to give up, whatever the server says of it. */
export const SIGNED_OUT = 'signed-out';

/** Why a session ended that the server did not forget. */
const ORDERLY_ENDS: ReadonlySet<string | null> = new Set([null, 'terminated', 'closed']);

/**
 * Whether the bridge owes records for this event: it was handed over in a complete answer, and the session lived on
 * for as long as the bridge needed to ask again. What a server drops together with a session is not promised, unless
 * a poll had acknowledged it before.
 */
export function isPromised(event: LedgerEvent, session: LedgerSession): boolean {
  return isHandedOver(event) && (event.acknowledgedAt !== null || ORDERLY_ENDS.has(session.reason));
}

/** Whether the event was in at least one complete answer. Before that nothing may be published. */
export function isHandedOver(event: LedgerEvent): boolean {
  return event.handedOver.some(({ complete }) => complete);
}

/** How many records an event gives: one for each user that it names, at least one. */
export function recordsOf(event: LedgerEvent): number {
  return Math.max(1, event.users.length);
}
