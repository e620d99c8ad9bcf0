import { expect } from 'vitest';

import type { Ledger } from '../../src/simulator/ledger.ts';
import type { TopicTail } from './topic-tail.ts';

/**
 * Compares the committed records with the server's own ledger: no event twice, everything that was acknowledged is
 * there, nothing is there that was not handed over whole, and events of a session stand in the order of their eids.
 * For servers that give each event one eid, in order.
 */
export function expectExactlyOnce(records: TopicTail, ledger: Ledger): void {
  const published = publishedEvents(records);
  expect(published.filter((event, i) => published.indexOf(event) !== i)).toEqual([]);
  const complete = ledger.events.filter(({ handedOver }) => handedOver.some((answer) => answer.complete));
  const acknowledged = ledger.events.filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  expect(published).toEqual(expect.arrayContaining(acknowledged.map(placeOf)));
  expect(complete.map(placeOf)).toEqual(expect.arrayContaining([...published]));
  expect(published).toEqual(published.toSorted(byNumbers));
  expectNoHole(records);
}

/** Each event once, as `sid/eid`, in the order of (generation, sequence). */
function publishedEvents(records: TopicTail): readonly string[] {
  const events = records
    .inSequence()
    .filter(({ value }) => value.channel === 'data' && value.userIndex === 0 && value.part === 0);
  return events.map(({ value }) => placeOf({ sid: value.sid ?? '', eid: value.eid }));
}

function placeOf({ sid, eid }: { readonly sid: string; readonly eid: number | null }): string {
  return `${sid}/${String(eid)}`;
}

function byNumbers(a: string, b: string): number {
  const [sidA = 0, eidA = 0] = a.split('/').map(Number);
  const [sidB = 0, eidB = 0] = b.split('/').map(Number);
  return sidA - sidB || eidA - eidB;
}

/** `sequence` numbers the records of a generation from 1 without a hole, over all topics. */
export function expectNoHole(records: TopicTail): void {
  const byGeneration = Map.groupBy(records.inSequence(), ({ value }) => value.generation);
  for (const [generation, all] of byGeneration) {
    const sequences = all.map(({ value }) => value.sequence);
    expect({ generation, sequences }).toEqual({ generation, sequences: sequences.map((_, i) => i + 1) });
  }
}
