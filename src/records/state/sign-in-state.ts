import { USER_PRESENCE } from '../../cwa/protocol.ts';
import type { PresenceRecord } from '../topics/presence.ts';

/** Whether a user is signed in, as far as anything is known. */
export type SignInState = 'in' | 'out' | 'unknown';

/** Availabilities from here on mean that some endpoint is on (events-and-categories §8.1). */
const IN_FROM = 3_000;
/** And from here on that none is. */
const OUT_FROM = 18_000;

/**
 * What a record says about its user being signed in (records §5).
 *
 * @returns null if it does not speak of it: no `state`, one that states no availability (§7.1: no statement), or
 *   `retrying`, which says something about the server and nothing about the user.
 */
export function signInStateOf(presence: PresenceRecord): SignInState | null {
  if (isTerminated(presence) || showsNothing(presence)) return 'unknown';
  if (presence.clearedCategories.includes('state')) return 'unknown';
  return presence.availability === null ? null : classOf(presence.availability, presence.activityToken);
}

/** The class of an availability. Below {@link IN_FROM} it means nothing by itself; the token `Offline` makes it out. */
export function classOf(availability: number | bigint, activityToken: string | null): SignInState {
  if (availability >= OUT_FROM) return 'out';
  if (availability >= IN_FROM) return 'in';
  return activityToken?.trim().toLowerCase() === 'offline' ? 'out' : 'unknown';
}

function isTerminated({ subscriptionState }: PresenceRecord): boolean {
  return subscriptionState?.toLowerCase() === 'terminated';
}

/** The watcher sees nothing of the user, who is blocked or unknown (§4.7). */
function showsNothing({ recordType, categories, rawCategories }: PresenceRecord): boolean {
  return recordType === USER_PRESENCE && categories.length === 0 && rawCategories.length === 0;
}
