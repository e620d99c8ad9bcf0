import type { PlanSettings } from '../../../src/bridge/plans/plan.ts';
import { planAnswer } from '../../../src/bridge/plans/plan-answer.ts';
import { planPoison } from '../../../src/bridge/plans/plan-poison.ts';
import { type LetterPart, readLetterPart } from '../../../src/records/dead-letters/letter-part.ts';
import { type Letter, LetterAssembler } from '../../../src/records/dead-letters/letter-assembler.ts';
import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';
import { present } from '../../../src/lib/assert.ts';
import type { OutgoingRecord } from '../../../src/lib/outgoing-record.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';
import { bridgeSettings, openProgress, planContext, received } from './builders.ts';

export type Json = Readonly<Record<string, unknown>>;

export function valueOf({ value }: OutgoingRecord): Json {
  return JSON.parse(String(value)) as Json;
}

/** Settings under which records may be so large. */
export function settingsWith(recordBytesMax: number): PlanSettings {
  const settings = bridgeSettings();
  return { ...settings, records: { ...settings.records, recordBytesMax } };
}

/** What is published of an event. */
export function recordsOf(root: XmlElement, recordBytesMax: number): readonly OutgoingRecord[] {
  const context = planContext({ settings: settingsWith(recordBytesMax) });
  return planAnswer(context, openProgress(), received([root])).records;
}

/** What is published of an answer that is given up. */
export function recordsOfRefused(body: Buffer, contentType = 'text/xml'): readonly OutgoingRecord[] {
  const refused = new DocumentRefusedError('tooLarge', 'a text is too long', { line: 1, column: 1 });
  const answer = { body, bodyBytes: body.length, statusCode: 200, contentType };
  return planPoison(planContext(), openProgress(), refused.withAnswer(answer)).plan.records;
}

export function partsIn(records: readonly OutgoingRecord[]): readonly LetterPart[] {
  return records.filter((record) => valueOf(record).recordType === 'deadLetter').map(partOf);
}

function partOf({ value }: OutgoingRecord): LetterPart {
  return present(readLetterPart(String(value)), 'a dead letter');
}

/** The one letter of the parts. */
export function letterOf(parts: readonly LetterPart[]): Letter {
  const assembler = new LetterAssembler();
  const done = parts.map((part) => assembler.take(part)).find((letter) => letter !== null);
  return present(done ?? assembler.rest()[0], 'a letter');
}
