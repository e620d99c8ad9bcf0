import type { ElementReader } from '../reading/element-reader.ts';
import { parseMinutes, tokenOf } from '../reading/values.ts';
import { array, boolean, field, int, optional, record, text, timestamp, type ValueOf } from '../schema/schema.ts';

/**
 * The free-busy stream (events-and-categories §7.4): base64 of two-bit slots, slot i covering
 * [startTime + i · granularity, …).
 *
 * The order of the slots inside a byte is not documented. All evidence says least significant pair first: an
 * independent client writes and reads it so, and a published sample makes two whole meetings only when read that way.
 * The base64 is always published too.
 */
export const freeBusySchema = record('FreeBusy', 'Availability of the next days by the calendar.', {
  startTime: optional(timestamp, 'Begin of slot 0.'),
  startTimeRaw: optional(text, 'Verbatim, where startTime does not say all of it.'),
  granularityMinutes: optional(int, 'Length of a slot.'),
  granularityRaw: optional(text, 'Verbatim, if granularityMinutes could not be read.'),
  encodingVersion: optional(int, 'Only version 1 is decoded.'),
  base64: field(text, 'The stream as received, without white space around it.'),
  slots: optional(
    array(int),
    '0 free, 1 tentative, 2 busy, 3 out of office; beyond the end nothing is known. Null for more than 65,536 characters.',
  ),
  slotsDerived: field(boolean, 'True if slots was decoded by us, least significant pair of a byte first.'),
});

export type FreeBusy = ValueOf<typeof freeBusySchema>;

/** Some five years in quarters of an hour, as text. What is longer would become millions of numbers, and stays as it is. */
const DECODED_LENGTH_MAX = 65_536;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

export function readFreeBusy(reader: ElementReader): FreeBusy {
  const startTime = reader.time('startTime');
  const granularity = reader.attribute('granularity');
  const granularityMinutes = granularity === null ? null : parseMinutes(granularity);
  if (granularity !== null && granularityMinutes === null) reader.findings.warn('bad-duration');
  const encodingVersion = reader.integer('encodingVersion');
  const base64 = tokenOf(reader.text());
  const isDecoded = encodingVersion === 1 && base64.length <= DECODED_LENGTH_MAX;
  const slots = isDecoded ? decodeSlots(base64) : null;
  if (isDecoded && slots === null) reader.findings.warn('bad-base64');
  return {
    startTime: startTime.at,
    startTimeRaw: startTime.raw,
    granularityMinutes,
    granularityRaw: granularityMinutes === null ? granularity : null,
    encodingVersion,
    base64,
    slots,
    slotsDerived: slots !== null,
  };
}

/** Null if the text is not base64. */
export function decodeSlots(base64: string): readonly number[] | null {
  const text = base64.replace(/[ \t\r\n]+/g, '');
  if (!BASE64.test(text)) return null;
  const slots: number[] = [];
  for (const byte of Buffer.from(text, 'base64')) {
    slots.push(byte & 3, (byte >> 2) & 3, (byte >> 4) & 3, byte >> 6);
  }
  return slots;
}
