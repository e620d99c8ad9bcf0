import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { admitEvents, admitResponses, NOTHING_SEEN, type SeenEvents } from '../../../src/events/admit.ts';
import { EID_RANGES_MAX, formatRanges, parseRanges, rangesInclude, withEid } from '../../../src/events/eid-ranges.ts';
import { forgetAcknowledged, REMEMBERED_MIN } from '../../../src/events/forget.ts';
import { orderEvents, orderResponses } from '../../../src/events/order.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';

function event(eid: string | null, text = 'x', name = 'userPresence'): XmlElement {
  const attributes = eid === null ? [] : [{ name: 'eid', namespace: '', value: eid }];
  return { name, namespace: '', attributes, children: [text] };
}

function admit(seen: SeenEvents, polledAckId: string, ...events: readonly XmlElement[]) {
  return admitEvents(orderEvents(events, null), polledAckId, seen);
}

function eidsOf(admission: ReturnType<typeof admit>): readonly string[] {
  return admission.admitted.map((admitted) => admitted.eidRaw ?? 'none');
}

describe('order', () => {
  test('sorts by the number of the eid, not by its text', () => {
    const ordered = orderEvents([event('10'), event('9'), event('100')], null);
    expect(ordered.map((e) => e.eidRaw)).toEqual(['9', '10', '100']);
    expect(ordered.map((e) => e.index)).toEqual([0, 1, 2]);
  });

  test('keeps document order among equal eids and puts events without a usable eid last', () => {
    const ordered = orderEvents(
      [event('x', 'a'), event('2', 'b'), event(null, 'c'), event('2', 'd'), event('-1', 'e')],
      null,
    );
    expect(ordered.map((e) => e.element.children[0])).toEqual(['b', 'd', 'a', 'c', 'e']);
    expect(ordered.map((e) => e.warnings)).toEqual([[], [], ['eid-invalid'], ['eid-missing'], ['eid-invalid']]);
  });

  test('gives the eid of the envelope to the only event that has none', () => {
    expect(orderEvents([event('7'), event(null)], '5').map((e) => e.eid)).toEqual([5n, 7n]);
    expect(orderEvents([event(null), event(null)], '5').map((e) => e.eid)).toEqual([null, null]);
  });

  test('keeps eids beyond 2^53 apart and those beyond 2^63−1 as text, still in their place', () => {
    const ordered = orderEvents(
      [event('9223372036854775808'), event('9007199254740993'), event('9007199254740992')],
      null,
    );
    expect(ordered.map((e) => e.eid)).toEqual([9007199254740992n, 9007199254740993n, null]);
    expect(ordered.map((e) => e.eidRaw).at(-1)).toBe('9223372036854775808');
  });
});

describe('admission', () => {
  test('publishes an event once however often the answer comes', () => {
    const first = admit(NOTHING_SEEN, '0', event('1'), event('2'));
    const second = admit(first.seen, '0', event('1'), event('2'), event('3'));
    expect(eidsOf(first)).toEqual(['1', '2']);
    expect(eidsOf(second)).toEqual(['3']);
    expect(second.repeats).toBe(2);
  });

  test('publishes identical twins of one answer once and different ones both, with a warning', () => {
    expect(eidsOf(admit(NOTHING_SEEN, '0', event('1'), event('1')))).toEqual(['1']);
    const different = admit(NOTHING_SEEN, '0', event('1', 'a'), event('1', 'b'));
    expect(different.admitted.map((e) => e.warnings)).toEqual([[], ['duplicate-eid']]);
  });

  test('publishes a late eid at once, as new, with a warning', () => {
    const first = admit(NOTHING_SEEN, '0', event('1'), event('3'));
    const late = admit(first.seen, '3', event('2'), event('4'));
    expect(eidsOf(late)).toEqual(['2', '4']);
    expect(late.admitted.map((e) => [e.isReplay, e.warnings])).toEqual([
      [false, ['late-eid']],
      [false, []],
    ]);
  });

  test('knows a late eid as new even when its neighbours are long forgotten', () => {
    let seen = admit(NOTHING_SEEN, '0', event('1'), event('3')).seen;
    for (let eid = 4; eid < 400; eid++) {
      seen = forgetAcknowledged(admit(seen, String(eid - 1), event(String(eid))).seen, String(eid), 1);
    }
    expect(seen.remembered.length).toBe(REMEMBERED_MIN);
    expect(admit(seen, '399', event('2')).admitted.map((e) => e.isReplay)).toEqual([false]);
  });

  test('calls an event whose digest is forgotten a possible repeat, with the identity it had', () => {
    const first = admit(NOTHING_SEEN, '0', event('1'));
    let seen = first.seen;
    for (let eid = 2; eid < 100; eid++)
      seen = forgetAcknowledged(admit(seen, '0', event(String(eid))).seen, String(eid), 1);
    const again = admit(seen, '99', event('1'));
    expect(again.admitted.map((e) => [e.isReplay, e.warnings, e.identity])).toEqual([
      [true, ['possible-repeat'], first.admitted[0]?.identity],
    ]);
  });

  test('keeps what the acknowledgement does not cover, however much it is', () => {
    const many = Array.from({ length: 500 }, (_, i) => event(String(i + 1)));
    const seen = forgetAcknowledged(admit(NOTHING_SEEN, '0', ...many).seen, '100', 0);
    expect(seen.remembered.map((e) => e.place)).toEqual(Array.from({ length: 400 }, (_, i) => String(i + 101)));
  });

  test('tells equal events without eid apart by occurrence, and the same answer by its acknowledgement', () => {
    const first = admit(NOTHING_SEEN, '7', event(null), event(null));
    expect(first.admitted.length).toBe(2);
    expect(new Set(first.admitted.map((e) => e.identity)).size).toBe(2);
    expect(admit(first.seen, '7', event(null), event(null)).admitted).toEqual([]);
    expect(admit(first.seen, '8', event(null)).admitted.map((e) => e.warnings)).toEqual([
      ['eid-missing', 'possible-repeat'],
    ]);
  });

  test('counts a known eid with new content as a conflict', () => {
    const first = admit(NOTHING_SEEN, '0', event('1', 'a'));
    expect(admit(first.seen, '1', event('1', 'b')).conflicts).toBe(1);
  });
});

describe('eid ranges', () => {
  test('hold exactly the eids that were added, in any order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 150n })), (eids) => {
        const ranges = eids.reduce<ReturnType<typeof parseRanges>>(withEid, []);
        for (let eid = 0n; eid <= 151n; eid++) expect(rangesInclude(ranges, eid)).toBe(eids.includes(eid));
        expect(parseRanges(formatRanges(ranges))).toEqual(ranges);
      }),
    );
  });

  test('close the lowest holes when there are too many, and never forget an eid', () => {
    let ranges: ReturnType<typeof parseRanges> = [];
    for (let eid = 0n; eid < 1000n; eid += 2n) ranges = withEid(ranges, eid);
    expect(ranges.length).toBe(EID_RANGES_MAX);
    expect(rangesInclude(ranges, 1n)).toBe(true);
    expect(rangesInclude(ranges, 997n)).toBe(false);
    for (let eid = 0n; eid < 1000n; eid += 2n) expect(rangesInclude(ranges, eid)).toBe(true);
  });
});

test('equal answers of the command channel are told apart by their place, and none is a repeat', () => {
  const admitted = [4, 5].flatMap((answer) => admitResponses(orderResponses([event(null), event(null)]), answer));
  expect(admitted.map(({ identity }) => identity)).toEqual([
    'command:4:0',
    'command:4:1',
    'command:5:0',
    'command:5:1',
  ]);
  expect(admitted.every(({ eid, isReplay, warnings }) => eid === null && !isReplay && warnings.length === 0)).toBe(
    true,
  );
});
