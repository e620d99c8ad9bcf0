import type { Random } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { SignInGate } from './sign-in.ts';

/**
 * Spaces the sign-ins of a site: at most `perMinute` of them on average, each at a random point of its slot, so that
 * accounts that lost their sessions together do not come back together.
 */
export function createSignInGate(perMinute: number, clock: Clock, random: Random): SignInGate {
  const slotMs = 60_000 / perMinute;
  let nextSlotAt = Number.NEGATIVE_INFINITY;
  return {
    async enter(signal) {
      const now = clock.monotonic();
      // The first sign-in after a quiet time goes at once: nobody stands in line.
      const isQuiet = nextSlotAt <= now;
      const slotAt = isQuiet ? now : nextSlotAt + slotMs * random();
      nextSlotAt = (isQuiet ? now : nextSlotAt) + slotMs;
      if (slotAt > now) await clock.sleep(slotAt - now, signal);
    },
  };
}
