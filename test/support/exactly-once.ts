import { expect } from 'vitest';

import type { Ledger } from '../../src/simulator/ledger.ts';
import type { TopicTail } from './topic-tail.ts';
import { until } from './until.ts';

/**
 * Compares the committed records with the server's own ledger: no event twice, everything that was acknowledged is
 * there, nothing is there that was not handed over whole, and events of a session stand in the order of their eids.
 * For servers that give each event one eid, in order.
 */
export async function expectExactlyOnce(records: TopicTail, ledger: Ledger): Promise<void> {
  const acknowledged = ledger.events.filter(({ acknowledgedAt }) => acknowledgedAt !== null).map(placeOf);
  await expectNoHole(records);
  // What is acknowledged is committed; that this consumer has fetched it may take a moment longer.
  await until('everything acknowledged is there', () =>
    new Set(acknowledged).isSubsetOf(new Set(publishedEvents(records))),
  );
  const published = publishedEvents(records);
  expect(published.filter((event, i) => published.indexOf(event) !== i)).toEqual([]);
  expect(published).toEqual(published.toSorted(byNumbers));
  const complete = ledger.events.filter(({ handedOver }) => handedOver.some((answer) => answer.complete)).map(placeOf);
  expect(new Set(published).difference(new Set(complete))).toEqual(new Set());
}

/** `sequence` numbers the records of a generation from 1 without a hole, over all topics. */
export async function expectNoHole(records: TopicTail): Promise<void> {
  await until('sequences have no hole', () => sequences(records).every(({ numbers }) => numbers.every(isItsPlace)), {
    describe: () => JSON.stringify(sequences(records)),
  });
}

function sequences(
  records: TopicTail,
): readonly { readonly generation: number; readonly numbers: readonly number[] }[] {
  const byGeneration = Map.groupBy(records.inSequence(), ({ value }) => value.generation);
  return [...byGeneration].map(([generation, all]) => ({
    generation,
    numbers: all.map(({ value }) => value.sequence),
  }));
}

function isItsPlace(number: number, index: number): boolean {
  return number === index + 1;
}

/** Each event once, as `sid/eid`, in the order of (generation, sequence). */
function publishedEvents(records: TopicTail): readonly string[] {
  const events = records
    .inSequence()
    .filter(({ value }) => value.channel === 'data' && value.userIndex === 0 && value.part === 0)
    .filter(({ value }) => value.recordType !== 'signIn');
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
