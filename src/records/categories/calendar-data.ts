import { CALENDAR_DATA_NAMESPACE, EXCHANGE_TYPES_NAMESPACE } from '../../cwa/protocol.ts';
import { elementsOf, type XmlElement } from '../../lib/xml.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import { optional, record, uriText, type ValueOf } from '../schema/schema.ts';
import { freeBusySchema, readFreeBusy } from './free-busy.ts';
import { readWorkingHours, workingHoursSchema } from './working-hours.ts';

/** Categories `calendarData` and `workingHours` (events-and-categories §7.4): one of the two things, or neither. */
export const calendarDataSchema = record('CalendarData', 'Body of the categories calendarData and workingHours.', {
  mailboxId: optional(uriText, 'mailboxID, verbatim.'),
  freeBusy: optional(freeBusySchema, 'The next days in slots.'),
  workingHours: optional(workingHoursSchema, 'The working week.'),
});

const CALENDAR_NAMESPACES: ReadonlySet<string> = new Set(
  [CALENDAR_DATA_NAMESPACE, EXCHANGE_TYPES_NAMESPACE].map((namespace) => namespace.toLowerCase()),
);

export type CalendarData = ValueOf<typeof calendarDataSchema>;

export function readCalendarData(reader: ElementReader): CalendarData {
  const mailboxId = reader.attribute('mailboxID');
  const workingHours = firstOf(reader, 'WorkingHours', readWorkingHours);
  if (reader.element.name !== 'calendarData') {
    return { mailboxId, freeBusy: null, workingHours: workingHours ?? readWorkingHours(reader) };
  }
  return { mailboxId, freeBusy: firstOf(reader, 'freeBusy', readFreeBusy), workingHours };
}

/** The two come in the namespace of the calendar or in that of Exchange (§6.3); any other is somebody else's. */
function firstOf<T>(reader: ElementReader, name: string, read: (reader: ElementReader) => T): T | null {
  const first = elementsOf(reader.element).find((child) => child.name === name && isOfCalendar(child, reader.element));
  return reader.every((child) => child === first, read)[0] ?? null;
}

function isOfCalendar({ namespace }: XmlElement, parent: XmlElement): boolean {
  return namespace === '' || namespace === parent.namespace || CALENDAR_NAMESPACES.has(namespace.toLowerCase());
}
