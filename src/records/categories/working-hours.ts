import type { ElementReader } from '../reading/element-reader.ts';
import { wordsOf } from '../reading/values.ts';
import { array, field, int, optional, record, text, type ValueOf } from '../schema/schema.ts';

/** Working hours as Exchange writes them (events-and-categories §7.4). */
const transitionSchema = record('TimeTransition', 'When standard or daylight time begins.', {
  biasMinutes: optional(int, 'Added to the bias of the zone.'),
  time: optional(text, 'Local time of day, verbatim.'),
  dayOrder: optional(int, '1–4; 5 is the last one of the month; 0: no switch.'),
  month: optional(int, '1–12; 0: no switch.'),
  dayOfWeek: optional(text, 'English name.'),
  year: optional(text, 'Verbatim; usually absent.'),
});

const workingPeriodSchema = record('WorkingPeriod', 'Working time on some days of the week.', {
  days: field(array(text), 'English names.'),
  startMinute: optional(int, 'Minutes after midnight, local time.'),
  endMinute: optional(int, 'Minutes after midnight, local time.'),
});

export const workingHoursSchema = record('WorkingHours', 'The working week.', {
  biasMinutes: optional(int, 'UTC = local time + bias.'),
  standard: optional(transitionSchema, 'Begin of standard time.'),
  daylight: optional(transitionSchema, 'Begin of daylight time.'),
  periods: field(array(workingPeriodSchema), 'In document order.'),
});

export type WorkingHours = ValueOf<typeof workingHoursSchema>;

export function readWorkingHours(reader: ElementReader): WorkingHours {
  const zone = reader.one('TimeZone', (timeZone) => ({
    biasMinutes: timeZone.childInteger('Bias'),
    standard: timeZone.one('StandardTime', readTransition),
    daylight: timeZone.one('DaylightTime', readTransition),
  }));
  const periods = reader.all('WorkingPeriodArray', (list) => list.all('WorkingPeriod', readPeriod)).flat();
  return { biasMinutes: null, standard: null, daylight: null, ...zone, periods };
}

function readTransition(reader: ElementReader): ValueOf<typeof transitionSchema> {
  return {
    biasMinutes: reader.childInteger('Bias'),
    time: reader.childText('Time'),
    dayOrder: reader.childInteger('DayOrder'),
    month: reader.childInteger('Month'),
    dayOfWeek: reader.childToken('DayOfWeek'),
    year: reader.childText('Year'),
  };
}

function readPeriod(reader: ElementReader): ValueOf<typeof workingPeriodSchema> {
  return {
    days: wordsOf(reader.childText('DayOfWeek') ?? ''),
    startMinute: reader.childInteger('StartTimeInMinutes'),
    endMinute: reader.childInteger('EndTimeInMinutes'),
  };
}
