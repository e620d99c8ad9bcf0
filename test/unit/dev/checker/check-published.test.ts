import { describe, expect, test } from 'vitest';

import { checkPublished, type Verdict } from '../../../../dev/checker/check-published.ts';
import { FAULTS, type Fault } from '../../../../dev/checker/findings.ts';
import { commandIdentity, expectedId, numberedIdentity, unnumberedIdentity } from '../../../../dev/checker/identity.ts';
import type { Ledger, LedgerEvent, LedgerSession } from '../../../../dev/checker/ledger.ts';
import { type PublishedEdge, type PublishedRecord, readPublished } from '../../../../dev/checker/published-record.ts';

const INSTALLATION = 'pier';
const ACCOUNT = { accountId: 'watcher', accountUri: 'sip:watcher@pier.example' };
const SESSION: LedgerSession = { session: 1, sid: '412', accountUri: ACCOUNT.accountUri, reason: null };

function event(eid: number | null, overrides: Partial<LedgerEvent> = {}): LedgerEvent {
  return {
    session: 1,
    eid,
    eventName: 'userPresence',
    users: ['sip:ann@pier.example'],
    digest: `d${String(eid)}`,
    acknowledgedAt: 5,
    handedOver: [{ poll: 1, ackIdAnswered: 10, complete: true }],
    ...overrides,
  };
}

/** The records that a faultless bridge makes of these events, in this order, in one answer; one partition per user. */
function published(events: readonly LedgerEvent[], ackId = '10', answer = 1, firstSequence = 1): PublishedRecord[] {
  const records: PublishedRecord[] = [];
  for (const { eid, eventName, users, digest } of events) {
    const subjects = users.length === 0 ? [null] : users;
    for (const [userIndex, subject] of subjects.entries()) {
      const sequence = firstSequence + records.length;
      const record: PublishedRecord = {
        ...{ topic: 'presence', partition: 0, offset: BigInt(sequence) * 2n, key: subject ?? ACCOUNT.accountUri },
        ...{ recordType: eventName, id: '', ...ACCOUNT, subjectUriRaw: subject, generation: 7, sequence, answer },
        ...{ sid: '412', ackId, polledAckId: '0', eid, eventName, userIndex, userCount: users.length, part: 0 },
        ...{ rid: null, eventIndex: 0 },
        ...{ channel: 'data', origin: 'live', says: null, edge: null, operation: null },
      };
      const identity =
        eid === null
          ? unnumberedIdentity('0', eventName, digest ?? '', 0)
          : numberedIdentity(eid, eventName, digest ?? '');
      records.push({ ...record, id: expectedId(INSTALLATION, record, identity) });
    }
  }
  return records;
}

const TWO_USERS = ['sip:ann@pier.example', 'sip:ben@pier.example'];
const EVENTS = [event(1), event(2, { users: TWO_USERS }), event(4), event(5, { eventName: 'conference', users: [] })];
const LEDGER: Ledger = { sessions: [SESSION], events: EVENTS };

function verdictOn(records: readonly PublishedRecord[], ledger = LEDGER): Verdict {
  return checkPublished(INSTALLATION, ledger, records);
}

/** The faults that were counted. */
function faultsOf(verdict: Verdict): Partial<Record<Fault, number>> {
  return Object.fromEntries(FAULTS.filter((fault) => verdict[fault] > 0).map((fault) => [fault, verdict[fault]]));
}

function changed(index: number, change: (record: PublishedRecord) => Partial<PublishedRecord>): PublishedRecord[] {
  return published(EVENTS).map((record, i) => (i === index ? { ...record, ...change(record) } : record));
}

describe('a faultless log', () => {
  test('has nothing lost, duplicated or out of order', () => {
    const verdict = verdictOn(published(EVENTS));
    expect(verdict).toMatchObject({ isGood: true, records: 5, promised: 5, eventsHandedOver: 4, examples: [] });
  });

  test('may hold records of the bridge itself between those of events', () => {
    const records = published(EVENTS, '10', 1, 2);
    const [first] = records;
    const own = { ...first, sequence: 1, offset: 0n, channel: 'bridge', recordType: 'sessionStarted', eid: null };
    expect(verdictOn([own as PublishedRecord, ...records]).isGood).toBe(true);
  });

  test('may hold a late event behind higher numbers of an earlier answer', () => {
    const late = event(3, { handedOver: [{ poll: 2, ackIdAnswered: 12, complete: true }] });
    const records = [...published(EVENTS), ...published([late], '12', 2, 6)];
    expect(verdictOn(records, { sessions: [SESSION], events: [...EVENTS, late] }).isGood).toBe(true);
  });
});

describe('a changed log is found out', () => {
  test('when a record is missing', () => {
    const records = published(EVENTS).filter((_record, index) => index !== 2);
    expect(faultsOf(verdictOn(records))).toEqual({ lost: 1, sequence: 1 });
  });

  test('when an event is missing without a hole in the sequence', () => {
    const records = published([event(1), event(2, { users: TWO_USERS }), event(4)]);
    const verdict = verdictOn(records);
    expect(faultsOf(verdict)).toEqual({ lost: 1 });
    expect(verdict.examples[0]).toContain('conference eid 5');
  });

  test('when a record stands twice', () => {
    const records = published(EVENTS);
    const again = records.slice(1, 2).map((record) => ({ ...record, offset: 99n }));
    expect(faultsOf(verdictOn([...records, ...again]))).toEqual({ duplicated: 1, sequence: 1, reordered: 1 });
  });

  test('when an event was published again under a new number', () => {
    const again = published([event(4)], '10', 2, 6);
    expect(faultsOf(verdictOn([...published(EVENTS), ...again]))).toEqual({ duplicated: 1 });
  });

  test('when two events were published in the wrong order', () => {
    const records = published([event(2, { users: TWO_USERS }), event(1), ...EVENTS.slice(2)]);
    expect(faultsOf(verdictOn(records))).toEqual({ reordered: 1 });
  });

  test('when numbers were sorted as text', () => {
    const events = [event(10), event(9)];
    expect(faultsOf(verdictOn(published(events), { sessions: [SESSION], events }))).toEqual({ reordered: 1 });
  });

  test('when the records of a key were swapped in their partition', () => {
    expect(faultsOf(verdictOn(changed(0, () => ({ offset: 7n }))))).toEqual({ reordered: 1 });
  });

  test('when an id is not the one of the formula', () => {
    expect(faultsOf(verdictOn(changed(3, ({ id }) => ({ id: id.replace(/^./, 'x') }))))).toEqual({ wrongId: 1 });
  });

  test('when the generation in the id is another', () => {
    const records = published(EVENTS).map((record) => ({ ...record, generation: 8 }));
    expect(faultsOf(verdictOn(records))).toEqual({ wrongId: 5 });
  });

  test.each([
    ['a number that was never given', { eid: 77 }],
    ['another name', { eventName: 'selfPresence' }],
    ['another user', { subjectUriRaw: 'sip:cyd@pier.example' }],
    ['another session', { sid: '999' }],
    ['an answer that did not hold it', { ackId: '9' }],
  ])('when a record has %s', (_what, change: Partial<PublishedRecord>) => {
    expect(faultsOf(verdictOn(changed(0, () => change)))).toMatchObject({ foreign: 1, lost: 1 });
  });

  test('when an event was published from an answer that was cut', () => {
    const cut = event(6, { acknowledgedAt: null, handedOver: [{ poll: 2, ackIdAnswered: 10, complete: false }] });
    const ledger = { sessions: [SESSION], events: [...EVENTS, cut] };
    expect(faultsOf(verdictOn(published([...EVENTS, cut]), ledger))).toEqual({ foreign: 1 });
    expect(verdictOn(published(EVENTS), ledger).isGood).toBe(true);
  });
});

describe('what a server drops with a session', () => {
  const unacknowledged = event(6, { acknowledgedAt: null });
  const records = published(EVENTS);

  test('is excused', () => {
    const ledger = { sessions: [{ ...SESSION, reason: 'restart' }], events: [...EVENTS, unacknowledged] };
    expect(verdictOn(records, ledger)).toMatchObject({ isGood: true, excused: 1 });
  });

  test('is owed if the session lived on', () => {
    const ledger = { sessions: [SESSION], events: [...EVENTS, unacknowledged] };
    expect(faultsOf(verdictOn(records, ledger))).toEqual({ lost: 1 });
  });
});

describe('events without eid', () => {
  const odd = { eventName: 'tideWarning', users: [], digest: 'odd' };
  const events = [event(1), event(null, odd)];
  const ledger = { sessions: [SESSION], events };

  test('have an id of their own and come last', () => {
    expect(verdictOn(published(events), ledger)).toMatchObject({ isGood: true, promised: 2 });
    const reversed = published([event(null, odd), event(1)]);
    expect(faultsOf(verdictOn(reversed, ledger))).toEqual({ reordered: 1 });
  });

  test('are counted when they are equal', () => {
    expect(faultsOf(verdictOn(published([event(1)]), ledger))).toEqual({ lost: 1 });
    const again = published([event(null, odd)], '10', 2, 3);
    expect(faultsOf(verdictOn([...published(events), ...again], ledger))).toEqual({ duplicated: 1 });
  });

  test('may stand twice if the second says so of itself', () => {
    const again = published([event(null, odd)], '10', 2, 3).map((record) => ({ ...record, origin: 'replay' }));
    expect(verdictOn([...published(events), ...again], ledger)).toMatchObject({ isGood: true, replays: 1 });
  });
});

describe('answers of the command channel', () => {
  /** Two answers of one document, in front of the events. */
  function answers(change: Partial<PublishedRecord> = {}): PublishedRecord[] {
    const [first] = published(EVENTS);
    if (first === undefined) throw new Error('no record');
    return ['10007', '10008'].map((rid, eventIndex) => {
      const sequence = eventIndex + 1;
      const place = { topic: 'requests', offset: BigInt(sequence), key: ACCOUNT.accountUri, sequence, answer: 1 };
      const head = { recordType: 'requestAccepted', eventName: 'requestAccepted', channel: 'command', eventIndex };
      const about = { rid, eid: null, ackId: null, polledAckId: null, subjectUriRaw: null, userCount: 0 };
      const record = { ...first, ...place, ...head, ...about };
      return { ...record, id: expectedId(INSTALLATION, record, commandIdentity(1, eventIndex)), ...change };
    });
  }
  const events = published(EVENTS, '10', 2, 3);

  test('are right where they are, and owed by nobody', () => {
    expect(verdictOn([...answers(), ...events])).toMatchObject({ isGood: true, promised: 5, records: 7 });
    expect(verdictOn(published(EVENTS)).isGood).toBe(true);
    expect(verdictOn([...answers({ sid: null }), ...events]).isGood).toBe(true);
  });

  test.each([
    ['another place', { answer: 4 }, { wrongId: 2 }],
    ['a session that never was', { sid: '999' }, { foreign: 2 }],
    ['an eid', { eid: 1 }, { foreign: 2 }],
    ['one request for both', { rid: '10007' }, { duplicated: 1 }],
  ])('are found out when they have %s', (_what, change: Partial<PublishedRecord>, faults) => {
    expect(faultsOf(verdictOn([...answers(change), ...events]))).toEqual(faults);
  });

  test('are found out when one stands twice, or a number is missing', () => {
    const [first, second] = answers();
    if (first === undefined || second === undefined) throw new Error('not two answers');
    const twice = [first, { ...second, id: first.id, rid: null, eventIndex: 0 }];
    expect(faultsOf(verdictOn([...twice, ...events]))).toEqual({ duplicated: 1 });
    expect(faultsOf(verdictOn([first, ...events]))).toEqual({ sequence: 1 });
  });

  test('do not stand for events: an event under their channel is lost', () => {
    const hidden = changed(0, () => ({ channel: 'command' }));
    expect(faultsOf(verdictOn(hidden))).toMatchObject({ lost: 1, wrongId: 1 });
  });
});

describe('a ledger that cannot be compared', () => {
  test('is refused when an account had one sid twice', () => {
    const ledger = { sessions: [SESSION, { ...SESSION, session: 2 }], events: [] };
    expect(() => verdictOn([], ledger)).toThrow('have sid 412');
  });
});

describe('sign-in edges', () => {
  const [ann = ''] = TWO_USERS;
  const FACTS = { subject: 'user', edge: 'baseline', state: 'in', previousState: 'unknown' } as const;

  /** Ann's availability by three events, each with its edge behind it: in, in again, out. */
  function edges(changeEdge: (number: number) => Partial<PublishedEdge> = () => ({})): PublishedRecord[] {
    const [first, second, third] = published([event(1), event(2), event(3)]);
    if (first === undefined || second === undefined || third === undefined) throw new Error('no record');
    const told = [
      { ...first, says: 'in' as const, sequence: 1 },
      { ...second, says: 'in' as const, sequence: 3 },
      { ...third, says: 'out' as const, sequence: 4 },
    ] as const;
    const edgeBehind = (cause: PublishedRecord, facts: Partial<PublishedEdge>): PublishedRecord => {
      const edge = { ...FACTS, causeRecordId: cause.id, ...facts };
      const record = {
        ...cause,
        topic: 'signin',
        recordType: 'signIn',
        says: null,
        edge,
        sequence: cause.sequence + 1,
      };
      const identity = `signin:${numberedIdentity(cause.eid ?? 0, cause.eventName, `d${String(cause.eid)}`)}`;
      return { ...record, id: expectedId(INSTALLATION, record, identity) };
    };
    const signedOut = { edge: 'signedOut', state: 'out', previousState: 'in' } as const;
    const behind = [edgeBehind(told[0], changeEdge(0)), edgeBehind(told[2], { ...signedOut, ...changeEdge(1) })];
    return [...told, ...behind].map((record) => ({ ...record, offset: BigInt(record.sequence) }));
  }
  const ledger = { sessions: [SESSION], events: [event(1), event(2), event(3)] };

  test('are right behind their causes, each from where the one before ended', () => {
    expect(verdictOn(edges(), ledger)).toMatchObject({ isGood: true, promised: 3, records: 5 });
  });

  test.each([
    ['that says another state than its cause', { state: 'unknown', edge: 'lost' }],
    ['that does not begin where the one before ended', { previousState: 'unknown' }],
    ['that is called otherwise than its states say', { edge: 'signedIn' }],
    ['whose cause is another record', { causeRecordId: 'x' }],
  ] as const)('one %s is found out', (_what, change) => {
    const records = edges((number) => (number === 1 ? change : {}));
    expect(faultsOf(verdictOn(records, ledger))).toEqual({ edges: 1 });
  });

  test('one that is missing is found out, of a user who has any', () => {
    const missing = edges().filter(({ edge }) => edge?.edge !== 'signedOut');
    expect(faultsOf(verdictOn(missing, ledger))).toEqual({ edges: 1 });
    const unwatched = published([event(1), event(2), event(3)]).map((record) => ({ ...record, says: 'in' as const }));
    expect(verdictOn(unwatched, ledger).isGood).toBe(true);
  });

  test('one that stands twice, or has another id than the formula gives, is found out', () => {
    const again = edges().map((record) => (record.edge?.edge === 'signedOut' ? { ...record, id: 'x' } : record));
    expect(faultsOf(verdictOn(again, ledger))).toEqual({ wrongId: 1 });
    const [last] = edges().slice(-1);
    if (last === undefined) throw new Error('no edge');
    const twice = [...edges(), { ...last, sequence: 6, offset: 6n }];
    expect(faultsOf(verdictOn(twice, ledger))).toMatchObject({ edges: 2 });
  });

  test('are read off presence records: what says nothing, or is older than what is known, owes none', () => {
    const head = { recordType: 'userPresence', channel: 'data', part: 0, parts: 1, isSelf: false, warnings: [] };
    const words = { subscriptionState: null, availability: null, activityToken: null, clearedCategories: [] };
    const says = (change: object): unknown =>
      readPublished({
        ...{ topic: 'presence', partition: 0, offset: 0n, key: ann },
        value: JSON.stringify({ ...head, ...words, categories: [{}], ...change }),
      }).says;
    expect([2_999, 3_000, 17_999, 18_000].map((availability) => says({ availability }))).toEqual([
      'unknown',
      'in',
      'in',
      'out',
    ]);
    expect(says({ availability: 0, activityToken: 'OFFLINE' })).toBe('out');
    expect(says({ clearedCategories: ['state'] })).toBe('unknown');
    expect(says({ categories: [] })).toBe('unknown');
    expect(says({})).toBeNull();
    expect(says({ availability: 3_500, warnings: ['stale-state'] })).toBeNull();
    expect(says({ availability: 3_500, isSelf: true })).toBeNull();
    expect(says({ recordType: 'presenceSubscriptionState', subscriptionState: 'terminated' })).toBe('unknown');
    expect(says({ recordType: 'presenceSubscriptionState', subscriptionState: 'retrying' })).toBeNull();
  });
});
