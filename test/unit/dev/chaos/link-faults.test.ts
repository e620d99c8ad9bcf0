import { expect, test } from 'vitest';

import { LinkFaults } from '../../../../dev/chaos/link-faults.ts';
import type { FaultSpec } from '../../../../src/simulator/faults.ts';

const ACCOUNT = 'sip:watcher@pier.example';

/** What happens to each of an account's polls; null: nothing. */
function faultsOf(seed: string, polls: number, rate: number, interlude?: string): readonly (FaultSpec | null)[] {
  let armed: FaultSpec[] = [];
  const faults = new LinkFaults(seed, rate, (spec) => armed.push(spec));
  return Array.from({ length: polls }, () => {
    if (interlude !== undefined) faults.onPoll(interlude);
    armed = [];
    faults.onPoll(ACCOUNT);
    return armed[0] ?? null;
  });
}

test('the faults of an account depend on the seed and its own polls alone', () => {
  const faults = faultsOf('tide', 500, 0.3);
  expect(faultsOf('tide', 500, 0.3, 'sip:other@pier.example')).toEqual(faults);
  expect(faultsOf('ebb', 500, 0.3)).not.toEqual(faults);
  expect(faults.filter((fault) => fault !== null).length).toBeGreaterThan(100);
});

test('the ticket does not look lost twice in a row: that would end a session that lives', () => {
  const polls = faultsOf('tide', 5_000, 1).flatMap((fault, index) =>
    fault?.kind === 'redirect' || fault?.kind === 'html' ? [index] : [],
  );
  expect(polls.length).toBeGreaterThan(50);
  for (const [index, poll] of polls.entries()) {
    const next = polls[index + 1];
    if (next !== undefined) expect(next - poll).toBeGreaterThanOrEqual(20);
  }
});

test('a calm link has no faults', () => {
  const armed: FaultSpec[] = [];
  const faults = new LinkFaults('tide', 1, (spec) => armed.push(spec));
  faults.calm();
  faults.onPoll(ACCOUNT);
  expect(armed).toEqual([]);
});
