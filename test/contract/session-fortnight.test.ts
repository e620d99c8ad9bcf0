import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { checkPublished } from '../../dev/checker/check-published.ts';
import type { PublishedRecord } from '../../dev/checker/published-record.ts';
import type { LedgerEvent } from '../../src/simulator/ledger.ts';
import { INSTALLATION, SimulatedSite } from '../support/simulated-site.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = 14;
const USERS = Array.from({ length: 5 }, (_, index) => `sip:user0000${String(index + 1)}@fabrikam.example`);

test('a fortnight of time-outs, ticket rotation and nightly restarts loses nothing and leaves memory flat', async () => {
  const site = await SimulatedSite.start({
    seed: 'fortnight',
    accounts: [
      { id: 'steady', users: USERS, isActive: true },
      // Never says that a person is there: its session and its ticket time out again and again.
      { id: 'sleepy', users: USERS.slice(0, 3), isActive: false },
    ],
    simulator: {
      eventsPerSecond: 1 / 240,
      pollWaitTimeMs: 4 * MINUTE,
      sessionTimeoutSeconds: 4 * 3_600,
      ticketRotation: 'strict',
      ticketLifetimeSeconds: 3_600,
      ticketGraceMs: 5 * MINUTE,
      ticketRenewSeconds: 1_800,
    },
    settings: { session: { pollWaitMaxMs: 5 * MINUTE, retryMaxMs: 30_000 }, log: { level: 'error' } },
  });
  const archive = new Archive();
  const heaps: number[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    await site.pass(3 * HOUR);
    const restarted = site.simulator.restart(10 * MINUTE);
    await site.pass(21 * HOUR);
    await restarted;
    archive.move(site);
    heaps.push(heapUsed());
  }
  await site.stop();
  archive.move(site);

  const { sessions } = site.simulator.ledger;
  const verdict = checkPublished(INSTALLATION, { sessions, events: archive.events }, archive.records);
  expect(verdict).toMatchObject({ isGood: true, lost: 0, duplicated: 0, reordered: 0, examples: [] });
  // Ten thousand changes for the account that keeps its session, and no fewer were compared.
  expect(verdict.promised).toBeGreaterThan(10_000);
  // Every generation opened a gap that the end of its snapshot closed: what a session took with it is declared.
  expect(verdict.generations).toBe(sessions.length);
  expect(gapsOf(archive.records)).toEqual({ opened: sessions.length, closed: sessions.length });
  // 14 restarts for each; the sleepy account's sessions last four hours besides.
  expect(sessions.filter(({ accountUri }) => accountUri.startsWith('sip:steady')).length).toBe(1 + DAYS);
  expect(sessions.length).toBeGreaterThan(DAYS * 6);
  const [warm = 0, last = 0] = [heaps[2], heaps.at(-1)];
  expect(last / warm).toBeLessThan(1.1);
}, 240_000);

/** What was said and published, taken out of the memory that is measured: kept as text outside the heap. */
class Archive {
  readonly #events: Buffer[] = [];
  readonly #records: Buffer[] = [];
  #pending: LedgerEvent[] = [];

  get events(): readonly LedgerEvent[] {
    return [...this.#events.map((piece) => JSON.parse(String(piece)) as LedgerEvent[]), this.#pending].flat();
  }

  get records(): readonly PublishedRecord[] {
    return this.#records.flatMap((piece) => JSON.parse(String(piece)) as PublishedRecord[]);
  }

  move(site: SimulatedSite): void {
    const { events, sessions } = site.simulator.ledger;
    const ended = new Set(sessions.filter(({ endedAt }) => endedAt !== null).map(({ session }) => session));
    const known = [...this.#pending, ...events.splice(0)];
    this.#pending = known.filter(({ acknowledgedAt, session }) => acknowledgedAt === null && !ended.has(session));
    const settled = new Set(known).difference(new Set(this.#pending));
    this.#events.push(Buffer.from(JSON.stringify([...settled])));
    // Nothing looks at offsets, which JSON cannot write.
    this.#records.push(Buffer.from(JSON.stringify(site.take().map((record) => ({ ...record, offset: 0 })))));
  }
}

function gapsOf(records: readonly PublishedRecord[]): { readonly opened: number; readonly closed: number } {
  const count = (type: string): number => records.filter(({ recordType }) => recordType === type).length;
  return { opened: count('gap'), closed: count('snapshotEnded') };
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
