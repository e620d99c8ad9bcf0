import { expect, test } from 'vitest';

import { ACCOUNT, setStage, type Stage } from '../support/bridge.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import type { TailRecord } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const ILSE = 'sip:ilse.brandt@litmar.example';
const GUEST = 'sip:guest@litmar.example';

/** The records of what became of acknowledgements, in order. */
function answersIn({ records }: Stage): readonly TailRecord[] {
  return records.inSequence().filter(({ value }) => value.method === 'acknowledgeSubscriber');
}

/** Whom each session announced first. */
function announcedIn({ records }: Stage): readonly (readonly string[])[] {
  return records.ofType('subscribers').map(({ value }) => {
    return (value.subscribers as readonly { readonly uri: string }[]).map(({ uri }) => uri);
  });
}

test.each(['uri', 'uris'] as const)(
  'with session.acknowledgeSubscribers: %s nobody is announced in a second session who was acknowledged in the first',
  async (acknowledgeSubscribers) => {
    const stage = await setStage({ settings: { session: { acknowledgeSubscribers } } });
    await stage.start();
    await stage.records.count('snapshotEnded', 1);
    await until('the outcome is published', () => answersIn(stage).length === 2);
    expect(answersIn(stage).map(({ value }) => value)).toMatchObject([
      { recordType: 'requestAccepted', channel: 'command', concerns: [ILSE] },
      { recordType: 'requestSucceeded', channel: 'data' },
    ]);

    stage.simulator.loseSessions(ACCOUNT.uri);
    await stage.records.count('snapshotEnded', 2);
    expect(announcedIn(stage)).toEqual([[ILSE, 'sip:odo@northpier.example'], ['sip:odo@northpier.example']]);
    expect(answersIn(stage)).toHaveLength(2);
    await expectNoHole(stage.records);
  },
);

test('by default nobody is acknowledged', async () => {
  const stage = await setStage();
  await stage.start();
  await stage.records.count('snapshotEnded', 1);
  stage.simulator.loseSessions(ACCOUNT.uri);
  await stage.records.count('snapshotEnded', 2);
  expect(announcedIn(stage).map(([first]) => first)).toEqual([ILSE, ILSE]);
  expect(answersIn(stage)).toEqual([]);
});

test.each([
  ['at once', { kind: 'refusal', code: 18102 } as const, ['requestFailed']],
  ['later', { kind: 'refusedLater', code: 18201, sip: 403 } as const, ['requestAccepted', 'requestFailed']],
  ['with a page of its own', { kind: 'status', status: 403 } as const, []],
])('an acknowledgement that is refused %s changes nothing for the session', async (_, fault, published) => {
  const stage = await setStage({ settings: { session: { acknowledgeSubscribers: 'uri' } } });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);
  await until('the first one is through', () => answersIn(stage).length === 2);

  simulator.faults.arm({ channel: 'command', ...fault });
  simulator.pushEvent(ACCOUNT.uri, {
    eventName: 'subscribers',
    xml: `<subscribers eid="{eid}"><subscriber uri="${GUEST}" acknowledged="false"/></subscribers>`,
  });
  await until('the refusal is in the log', () => bridge.log.text.includes('the next session announces them again'));
  simulator.pushEvent(ACCOUNT.uri, { eventName: 'tide', xml: '<tide eid="{eid}">behind it</tide>' });
  await records.find('the session goes on', ({ eventName }) => eventName === 'tide');
  expect(
    answersIn(stage)
      .slice(2)
      .map(({ value }) => value.recordType),
  ).toEqual(published);
  expect(simulator.stats).toMatchObject({ signIns: { ok: 1, refused: 0 }, sessionsOpened: 1 });
  await expectNoHole(records);
});
