import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createSignInGate } from '../../../../src/bridge/sign-in/sign-in-gate.ts';
import { Random } from '../../../../src/simulator/random.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { settled } from '../../../support/manual-clock.ts';

const NEVER = new AbortController().signal;

describe('for any arrivals', () => {
  const PER_MINUTE = 60;
  const arrivals = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 120 });

  test('the rate of a site is kept, nobody waits for ever, and nobody waits who is alone', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer(), async (waits, seed) => {
        const random = new Random(String(seed));
        const clock = new LeapingClock(0);
        const gate = createSignInGate(PER_MINUTE, clock, () => random.next());
        const entered: number[] = [];
        let arrived = 0;
        const all = waits.map(async (wait, index) => {
          // Every third comes with the one before it: storms and trickles alike.
          arrived += index % 3 === 0 ? wait : 0;
          await clock.sleep(arrived, NEVER);
          const at = clock.monotonic();
          await gate.enter(NEVER);
          entered.push(clock.monotonic());
          return { at, waited: clock.monotonic() - at };
        });
        while (entered.length < waits.length) {
          await clock.passUntil(clock.now() + 1_000, 0);
          await settled();
        }
        const times = entered.toSorted((a, b) => a - b);
        for (const [index, time] of times.entries()) {
          // One beyond the rate: the one that found the gate quiet and went at once.
          const inMinute = times.slice(index).filter((other) => other - time < 60_000).length;
          expect(inMinute).toBeLessThanOrEqual(PER_MINUTE + 1);
        }
        for (const { waited } of await Promise.all(all)) expect(waited).toBeLessThanOrEqual((waits.length + 1) * 1_000);
      }),
      { numRuns: 30 },
    );
  });
});
