import type { ElementReader } from '../reading/element-reader.ts';
import { optional, record, text, type ValueOf } from '../schema/schema.ts';
import { freeBusySchema, readFreeBusy } from './free-busy.ts';
import { readWorkingHours, workingHoursSchema } from './working-hours.ts';

/** Categories `calendarData` and `workingHours` (events-and-categories §7.4): one of the two things, or neither. */
export const calendarDataSchema = record('CalendarData', 'Body of the categories calendarData and workingHours.', {
  mailboxId: optional(text, 'mailboxID, verbatim.'),
  freeBusy: optional(freeBusySchema, 'The next days in slots.'),
  workingHours: optional(workingHoursSchema, 'The working week.'),
});

export type CalendarData = ValueOf<typeof calendarDataSchema>;

export function readCalendarData(reader: ElementReader): CalendarData {
  if (reader.element.name !== 'calendarData') {
    return { mailboxId: null, freeBusy: null, workingHours: readWorkingHours(reader) };
  }
  return {
    mailboxId: reader.attribute('mailboxID'),
    freeBusy: firstOf(reader, 'freeBusy', readFreeBusy),
    workingHours: firstOf(reader, 'WorkingHours', readWorkingHours),
  };
}

/** The two come in the namespace of the calendar or in that of Exchange. */
function firstOf<T>(reader: ElementReader, name: string, read: (reader: ElementReader) => T): T | null {
  const first = reader.element.children.find((child) => typeof child !== 'string' && child.name === name);
  return reader.every((child) => child === first, read)[0] ?? null;
}
