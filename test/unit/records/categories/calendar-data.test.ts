import { describe, expect, test } from 'vitest';

import type { XmlElement, XmlNode } from '../../../../src/lib/xml.ts';
import type { CalendarData } from '../../../../src/records/categories/calendar-data.ts';
import type { PresenceRecord } from '../../../../src/records/topics/presence.ts';
import { category, element, presenceWith, within } from '../builders.ts';

const CALENDAR = 'http://schemas.microsoft.com/2006/09/sip/calendarData';
const EXCHANGE = 'http://schemas.microsoft.com/exchange/services/2006/types';

function calendarData(...children: readonly XmlNode[]): XmlElement {
  return within(CALENDAR, element('calendarData', {}, ...children));
}

function recordWith(name: string, body: XmlElement): PresenceRecord {
  return presenceWith([category(name, { instance: '0' }, body)]);
}

function read(name: string, body: XmlElement): CalendarData | null {
  return recordWith(name, body).categories[0]?.calendarData ?? null;
}

/** Elements that hold nothing but a text, from their names. */
function texts(values: Readonly<Record<string, string>>): readonly XmlElement[] {
  return Object.entries(values).map(([name, value]) => element(name, {}, value));
}

const freeBusy = element('freeBusy', { encodingVersion: '1' }, '5A==');
const hours = element('WorkingHours', {}, element('TimeZone', {}, ...texts({ Bias: '-330' })));

describe('calendarData', () => {
  test('has the stream in its own namespace, in that of Exchange in any letter case, or in none', () => {
    for (const namespace of [CALENDAR, EXCHANGE, EXCHANGE.toUpperCase()]) {
      expect(read('calendarData', calendarData(within(namespace, freeBusy)))?.freeBusy?.slots).toEqual([0, 1, 2, 3]);
    }
    expect(read('calendarData', element('calendarData', {}, freeBusy))?.freeBusy?.slots).toEqual([0, 1, 2, 3]);
  });

  test("leaves somebody else's freeBusy alone, also where it stands before the own", () => {
    const record = recordWith('calendarData', calendarData(within('urn:x', freeBusy), within(CALENDAR, freeBusy)));
    expect(record.categories[0]?.calendarData?.freeBusy?.base64).toBe('5A==');
    expect(record.extensions.map(({ namespace }) => namespace)).toEqual(['urn:x']);
  });

  test('is decoded up to some years; a longer stream is kept as it is, whatever it holds', () => {
    const streams = ['A'.repeat(65_536), 'A'.repeat(65_540), '!'.repeat(8_000_000)];
    const bodies = streams.map((text) => {
      const stream = element('freeBusy', { encodingVersion: '1' }, text);
      return read('calendarData', calendarData(stream))?.freeBusy;
    });
    expect(bodies.map((body) => body?.slots?.length)).toEqual([196_608, undefined, undefined]);
    expect(bodies.map((body) => body?.base64.length)).toEqual([65_536, 65_540, 8_000_000]);
    expect(bodies.map((body) => body?.slotsDerived)).toEqual([true, false, false]);
  });

  test('may be empty: the owner lets nobody see', () => {
    expect(read('calendarData', calendarData())).toEqual({ mailboxId: null, freeBusy: null, workingHours: null });
  });

  test.each(['0', '2', 'x', undefined])('does not decode a stream of encodingVersion %s', (encodingVersion) => {
    const stream = element('freeBusy', encodingVersion === undefined ? {} : { encodingVersion }, ' 5A== ');
    expect(read('calendarData', calendarData(stream))?.freeBusy).toMatchObject({
      base64: '5A==',
      slots: null,
      slotsDerived: false,
    });
  });
});

describe('workingHours', () => {
  test.each([
    ['in calendarData', calendarData(within(EXCHANGE, hours))],
    ['as the root', within(EXCHANGE, hours)],
    ['as a root named like the category', within(CALENDAR, { ...hours, name: 'workingHours' })],
    ['inside a root named like the category', within(CALENDAR, element('workingHours', {}, within(EXCHANGE, hours)))],
  ])('are read %s', (_where, body) => {
    const record = recordWith('workingHours', body);
    expect(record.categories[0]?.calendarData?.workingHours?.biasMinutes).toBe(-330);
    expect([record.warnings, record.extensions]).toEqual([[], []]);
  });

  test('a zone without daylight time says so with zeros; several periods stay several', () => {
    const standard = element('StandardTime', {}, ...texts({ Bias: '0', DayOrder: '0', Month: '0' }));
    const zone = element('TimeZone', {}, ...texts({ Bias: '-330' }), standard);
    const period = (days: string, start: string): XmlElement => {
      const values = { DayOfWeek: days, StartTimeInMinutes: start, EndTimeInMinutes: '960' };
      return element('WorkingPeriod', {}, ...texts(values));
    };
    const periods = [period('Monday\n  Tuesday', '480'), period('Saturday', '600')];
    const body = element('WorkingHours', {}, zone, element('WorkingPeriodArray', {}, ...periods));
    expect(read('workingHours', within(EXCHANGE, body))?.workingHours).toEqual({
      biasMinutes: -330,
      standard: { biasMinutes: 0, time: null, dayOrder: 0, month: 0, dayOfWeek: null, year: null },
      daylight: null,
      periods: [
        { days: ['Monday', 'Tuesday'], startMinute: 480, endMinute: 960 },
        { days: ['Saturday'], startMinute: 600, endMinute: 960 },
      ],
    });
  });
});
