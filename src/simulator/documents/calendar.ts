import { CALENDAR_NAMESPACE, EXCHANGE_TYPES_NAMESPACE } from '../namespaces.ts';
import { Random } from '../random.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const el = vocabulary(CALENDAR_NAMESPACE);
const exchange = vocabulary(EXCHANGE_TYPES_NAMESPACE);

/** Slots of a quarter of an hour over four days, two bits each, the first in the lowest bits (events §7.4). */
const SLOTS = 4 * 96;

/** Instance of the free-busy document: 0x40000000 plus a hash (events §6.4). */
export function freeBusyInstance(user: User): number {
  return 0x4000_0000 + (user.calendarSeed % 0xffff);
}

/** Free and busy times from midnight (UTC) of the day of `atMs`. */
export function freeBusy(user: User, atMs: number): Element {
  const startTime = `${new Date(atMs).toISOString().slice(0, 10)}T00:00:00Z`;
  return el('calendarData', { mailboxID: mailbox(user) }, [
    el('freeBusy', { startTime, granularity: 'PT15M', encodingVersion: 1 }, slots(user.calendarSeed)),
  ]);
}

/** The working hours, in the vocabulary of Exchange. */
export function workingHours(user: User): Element {
  const morning = 420 + 30 * (user.calendarSeed % 5);
  return el('calendarData', { mailboxID: mailbox(user) }, [
    exchange('WorkingHours', {}, [
      exchange('TimeZone', {}, [
        exchange('Bias', {}, '-60'),
        switchTime('StandardTime', '0', '03:00:00', '10'),
        switchTime('DaylightTime', '-60', '02:00:00', '3'),
      ]),
      exchange('WorkingPeriodArray', {}, [
        exchange('WorkingPeriod', {}, [
          exchange('DayOfWeek', {}, 'Monday Tuesday Wednesday Thursday Friday'),
          exchange('StartTimeInMinutes', {}, String(morning)),
          exchange('EndTimeInMinutes', {}, String(morning + 480)),
        ]),
      ]),
    ]),
  ]);
}

function mailbox(user: User): string {
  return user.uri.slice('sip:'.length);
}

function switchTime(name: string, bias: string, time: string, month: string): Element {
  return exchange(name, {}, [
    exchange('Bias', {}, bias),
    exchange('Time', {}, time),
    exchange('DayOrder', {}, '5'),
    exchange('Month', {}, month),
    exchange('DayOfWeek', {}, 'Sunday'),
  ]);
}

function slots(seed: number): string {
  const random = new Random(`calendar/${String(seed)}`);
  const bytes = Buffer.alloc(SLOTS / 4);
  let slot = 0;
  while (slot < SLOTS) {
    const end = Math.min(SLOTS, slot + random.between(2, 30));
    const value = random.chance(0.6) ? 0 : random.between(1, 3);
    for (; slot < end; slot += 1) bytes[slot >> 2] = (bytes[slot >> 2] ?? 0) | (value << ((slot & 3) * 2));
  }
  return bytes.toString('base64');
}
