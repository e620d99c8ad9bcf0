import type { RememberedEvent, SeenEvents } from './admit.ts';

/** However the acknowledgement stands, so many of the latest events are remembered (records §6). */
export const REMEMBERED_MIN = 64;
/** Nor ever more than so many (records §6). */
const REMEMBERED_MAX = 4096;
/** Nor more than so many bytes: an account's progress record has a bound of 64 KiB. */
const REMEMBERED_BYTES_MAX = 40 * 1024;

/**
 * Drops what the server can no longer send again: events at or below the acknowledgement that is about to be
 * committed, beyond the latest {@link REMEMBERED_MIN} and those of the newest answer (a proxy may repeat a whole
 * answer whatever was polled).
 *
 * @param ackId the acknowledgement after this answer, verbatim; not a number keeps everything within the bounds.
 * @param newest how many places the newest answer took, at the end of `remembered`.
 */
export function forgetAcknowledged(seen: SeenEvents, ackId: string, newest: number): SeenEvents {
  const acknowledged = /^[0-9]+$/.test(ackId) ? BigInt(ackId) : -1n;
  const keepFrom = seen.remembered.length - Math.max(REMEMBERED_MIN, newest);
  const kept = seen.remembered.filter((event, index) => index >= keepFrom || mayComeAgain(event, ackId, acknowledged));
  return { published: seen.published, remembered: withinBounds(kept) };
}

function mayComeAgain(event: RememberedEvent, ackId: string, acknowledged: bigint): boolean {
  if (event.place.startsWith('~')) return event.place === `~${ackId}`;
  return BigInt(event.place) > acknowledged;
}

function withinBounds(remembered: readonly RememberedEvent[]): readonly RememberedEvent[] {
  let bytes = 0;
  let from = remembered.length;
  while (from > 0 && remembered.length - from < REMEMBERED_MAX) {
    const event = remembered[from - 1];
    if (event === undefined) break;
    bytes += formatRemembered(event).length + 3;
    if (bytes > REMEMBERED_BYTES_MAX) break;
    from -= 1;
  }
  return from === 0 ? remembered : remembered.slice(from);
}

/** `<place>:<digest>,<digest>…`, as it stands in the progress record. */
export function formatRemembered(event: RememberedEvent): string {
  return `${event.place}:${event.digests.join(',')}`;
}

export function parseRemembered(text: string): RememberedEvent {
  const colon = text.lastIndexOf(':');
  return { place: text.slice(0, colon), digests: text.slice(colon + 1).split(',') };
}
