import type { AdmittedEvent, OrderedEvent } from './ordered-event.ts';
import { type EidRanges, highestOf, rangesInclude, withEid } from './eid-ranges.ts';

/**
 * De-duplication (records §6): which events of an answer are new, which are repeats, and which cannot be told.
 *
 * The server sends again whatever the last acknowledgement did not cover, so repeats are normal after a lost answer
 * or a restart. "eid ≤ highest seen" would be the short test, and wrong: a late, lower eid is possible and must not
 * be dropped (events-and-categories §3.3 item 5). So two things are remembered per generation:
 *
 * - `published`: every eid that was ever published, as ranges: an eid outside them is certainly new;
 * - `remembered`: digests of the eids that the server may still send again, and of the latest ones. An eid is
 *   remembered with all its digests or not at all, so that "same eid, other digest" is certainly a different event.
 *
 * Only an eid that was published and is no longer remembered cannot be decided: it goes out as a possible repeat,
 * with the same `id` as the first time.
 */
export interface SeenEvents {
  readonly published: EidRanges;
  /** Oldest first. */
  readonly remembered: readonly RememberedEvent[];
}

export interface RememberedEvent {
  /** Decimal eid, or `~<polledAckId>` for events without eid. */
  readonly place: string;
  /** Digests published at this place; for events without eid with their count of occurrences, `<digest>#<n>`. */
  readonly digests: readonly string[];
}

export const NOTHING_SEEN: SeenEvents = { published: [], remembered: [] };

export interface Admission {
  /** In the order of publication. */
  readonly admitted: readonly AdmittedEvent[];
  /** Events that were published before and are left out. */
  readonly repeats: number;
  /** Events whose eid was published before with other content: after a lower ackId the sign of a restarted counter. */
  readonly conflicts: number;
  readonly seen: SeenEvents;
}

/** Decides about each event of an answer, in order. Pure: the same answer after the same history decides the same. */
export function admitEvents(events: readonly OrderedEvent[], polledAckId: string, seen: SeenEvents): Admission {
  const memory = new Memory(seen);
  const admitted: AdmittedEvent[] = [];
  let conflicts = 0;
  for (const event of events) {
    const decision = event.eid === null ? memory.decideUnnumbered(event, polledAckId) : memory.decide(event, event.eid);
    if (decision === null) continue;
    if (decision.isConflict) conflicts += 1;
    admitted.push({
      ...event,
      identity: decision.identity,
      isReplay: decision.isReplay,
      warnings: [...event.warnings, ...decision.warnings],
    });
  }
  return { admitted, repeats: events.length - admitted.length, conflicts, seen: memory.seen() };
}

/**
 * The answers in one document of the command channel, which are never sent again: each is itself, and what tells it
 * from all others is its place. Two equal answers without rid would have the same digest.
 *
 * @param answer number of the document inside the generation.
 */
export function admitResponses(events: readonly OrderedEvent[], answer: number): readonly AdmittedEvent[] {
  return events.map((event) => ({
    ...event,
    identity: `command:${String(answer)}:${String(event.index)}`,
    isReplay: false,
  }));
}

interface Decision {
  readonly identity: string;
  readonly isReplay: boolean;
  readonly isConflict: boolean;
  readonly warnings: readonly string[];
}

/** The mutable copy of {@link SeenEvents} while one answer is decided. */
class Memory {
  #published: EidRanges;
  readonly #remembered: Map<string, string[]>;
  readonly #occurrences = new Map<string, number>();

  constructor(seen: SeenEvents) {
    this.#published = seen.published;
    this.#remembered = new Map(seen.remembered.map(({ place, digests }) => [place, [...digests]]));
  }

  /** Null for a repeat. */
  decide(event: OrderedEvent, eid: bigint): Decision | null {
    const place = String(eid);
    const digests = this.#remembered.get(place);
    if (digests?.includes(event.digest)) return null;
    const highest = highestOf(this.#published);
    const isLate = highest !== null && eid < highest;
    const wasPublished = rangesInclude(this.#published, eid);
    this.#published = withEid(this.#published, eid);
    this.#remember(place, event.digest);
    const identity = `${place}:${event.name}:${event.digest}`;
    if (!wasPublished) return { identity, isReplay: false, isConflict: false, warnings: isLate ? ['late-eid'] : [] };
    const isReplay = digests === undefined;
    const warnings = [isReplay ? 'possible-repeat' : 'duplicate-eid'];
    return { identity, isReplay, isConflict: true, warnings };
  }

  /** Null for a repeat. Equal events of one answer are told apart by their occurrence. */
  decideUnnumbered(event: OrderedEvent, polledAckId: string): Decision | null {
    const place = `~${polledAckId}`;
    const occurrence = this.#occurrences.get(event.digest) ?? 0;
    this.#occurrences.set(event.digest, occurrence + 1);
    const digest = `${event.digest}#${String(occurrence)}`;
    if (this.#remembered.get(place)?.includes(digest)) return null;
    const isReplay = this.#isKnownElsewhere(place, digest);
    this.#remember(place, digest);
    const identity = `${place}:${event.name}:${digest}`;
    return { identity, isReplay, isConflict: false, warnings: isReplay ? ['possible-repeat'] : [] };
  }

  /** Without an eid the same content under another acknowledgement may be the same event or a new one like it. */
  #isKnownElsewhere(place: string, digest: string): boolean {
    for (const [other, digests] of this.#remembered) {
      if (other !== place && other.startsWith('~') && digests.includes(digest)) return true;
    }
    return false;
  }

  #remember(place: string, digest: string): void {
    const digests = this.#remembered.get(place) ?? [];
    digests.push(digest);
    this.#remembered.delete(place);
    this.#remembered.set(place, digests);
  }

  seen(): SeenEvents {
    return {
      published: this.#published,
      remembered: [...this.#remembered].map(([place, digests]) => ({ place, digests })),
    };
  }
}
