import { expect, test } from 'vitest';

import { checkPublished } from '../../dev/checker/check-published.ts';
import type { PublishedRecord } from '../../dev/checker/published-record.ts';
import type { LedgerSession } from '../../src/simulator/ledger.ts';
import { INSTALLATION, SimulatedSite } from '../support/simulated-site.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SESSIONS = 1_000;
const SIGN_INS_PER_MINUTE = 600;
const DOWN_MS = 30 * SECOND;

test('a thousand sessions dropped at once come back under the cap, soon, and with every gap declared', async () => {
  const site = await SimulatedSite.start({
    seed: 'storm',
    accounts: Array.from({ length: SESSIONS }, (_, index) => {
      const number = String(index + 1).padStart(5, '0');
      return { id: `svc${number}`, users: [`sip:user${number}@fabrikam.example`], isActive: true };
    }),
    simulator: { users: SESSIONS, eventsPerSecond: 1 / 240, pollWaitTimeMs: MINUTE, contacts: 0 },
    settings: {
      session: { pollWaitMaxMs: MINUTE, rebuildAfterFailures: 2 },
      signIn: { attemptsPerMinute: SIGN_INS_PER_MINUTE },
      log: { level: 'error' },
    },
  });
  await pass(site, 2 * MINUTE);
  const { sessions } = site.simulator.ledger;
  expect(sessions.filter(isLive)).toHaveLength(SESSIONS);

  // The server forgets everything: all need a ticket, and then a session.
  const restarted = site.simulator.restart(DOWN_MS);
  const signIns = await pass(site, 5 * MINUTE);
  await restarted;
  expect(signIns.at(-1)).toBe(2 * SESSIONS);
  expect(mostInOneMinute(signIns)).toBeLessThanOrEqual(SIGN_INS_PER_MINUTE + 1);
  const idealMs = DOWN_MS + (SESSIONS / SIGN_INS_PER_MINUTE) * MINUTE;
  expect(recoveredAfter(sessions, site.clock.now() - 5 * MINUTE)).toBeLessThanOrEqual(2 * idealMs);

  // It forgets every third session and no ticket: nobody has to sign in.
  const third = sessions.filter(isLive).filter((_, index) => index % 3 === 0);
  for (const { accountUri } of third) site.simulator.loseSessions(accountUri);
  const later = await pass(site, 2 * MINUTE);
  expect(later.at(-1)).toBe(2 * SESSIONS);

  await site.stop();
  const records = site.take();
  const { events } = site.simulator.ledger;
  expect(checkPublished(INSTALLATION, { sessions, events }, records)).toMatchObject({ isGood: true, examples: [] });
  // Every lost session has one gap, and no gap is declared without one; each is closed by the snapshot after it.
  const lost = sessions.filter(({ reason }) => reason === 'restart' || reason === 'lost').map(nameOf);
  expect(lost).toHaveLength(SESSIONS + third.length);
  expect(sessionsOf(records, 'sessionLost').toSorted()).toEqual(lost.toSorted());
  expect(records.filter(({ recordType }) => recordType === 'gap')).toHaveLength(SESSIONS + lost.length);
  expect(records.filter(({ recordType }) => recordType === 'snapshotEnded')).toHaveLength(SESSIONS + lost.length);
}, 240_000);

/** Lets time pass, and returns how many sign-ins there had been at the end of each second. */
async function pass(site: SimulatedSite, ms: number): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let passed = 0; passed < ms; passed += SECOND) {
    await site.pass(SECOND);
    counts.push(site.simulator.stats.signIns.ok);
  }
  return counts;
}

function mostInOneMinute(counts: readonly number[]): number {
  return Math.max(...counts.map((count, second) => count - (counts[Math.max(0, second - 60)] ?? 0)));
}

/** Milliseconds from the drop to the opening of the last session. */
function recoveredAfter(sessions: readonly LedgerSession[], droppedAt: number): number {
  return Math.max(...sessions.map(({ openedAt }) => openedAt)) - droppedAt;
}

function isLive({ endedAt }: LedgerSession): boolean {
  return endedAt === null;
}

function nameOf({ accountUri, sid }: LedgerSession): string {
  return `${accountUri} ${sid}`;
}

/** The sessions that records of this type are about. */
function sessionsOf(records: readonly PublishedRecord[], type: string): readonly string[] {
  return records
    .filter(({ recordType }) => recordType === type)
    .map(({ accountUri, sid }) => `${accountUri} ${String(sid)}`);
}
