import { hash } from 'node:crypto';

import type { AdmittedEvent } from '../events/ordered-event.ts';
import { present } from '../lib/assert.ts';
import { serializeXml } from '../lib/xml.ts';
import { disclosable } from './privacy.ts';
import { privacyRulesOf, type RecordContext, type SourceContext } from './record-context.ts';
import { bridgeHead } from './record-head.ts';
import type { DeadLetterRecord } from './topics/dead-letter.ts';
import { record, type ValueOf } from './schema/schema.ts';
import { cutTexts } from './splitting/cut-texts.ts';
import { headFields, type RecordHead } from './topics/head.ts';
import { type DataRecord, TOPICS } from './topics/topics.ts';

/** Why bytes could not become records (records §4). */
export const DEAD_LETTER_REASONS = [
  'malformed',
  'doctype',
  'encoding',
  'tooLarge',
  'tooDeep',
  'wrongRoot',
  'html',
  'oversizeRecord',
  'rejectedByBroker',
] as const;
type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface DeadLetter {
  readonly reason: DeadLetterReason;
  /** What the bridge did about it, such as `newSession`. */
  readonly action: string;
  /** In words; never what people wrote. */
  readonly message: string;
  /** From 1. */
  readonly line?: number | null;
  /** From 1. */
  readonly column?: number | null;
  readonly httpStatus?: number | null;
  readonly contentType?: string | null;
  /** Null if there is none, or if it must not be shown. Never a sign-in answer. */
  readonly body: Uint8Array | null;
  /** How many bytes arrived, where `body` is not all of them. */
  readonly arrivedBytes?: number;
  readonly attempts: number;
}

export interface DeadLetterLimits {
  /** Largest record, in bytes as {@link recordBytesOf} counts them. */
  readonly recordBytesMax: number;
  /** So much of a body is published; what is longer is cut and listed in `truncated`. */
  readonly bodyBytesMax: number;
}

/** However small records must be, a part carries at least so much of the body. */
const PART_BYTES_MIN = 768;

/** Most bytes of what each part repeats of its event and its answer: longer ones are cut. */
const NAMES_BYTES_MAX = 2_048;

/**
 * Makes the dead letter of an answer, in as many parts as its body needs. Each part takes one `sequence`; the identity
 * of all is `deadletter:<sequence of the first>`.
 */
export function deadLetterRecords(
  letter: DeadLetter,
  context: SourceContext,
  limits: DeadLetterLimits,
): readonly DataRecord[] {
  const identity = `deadletter:${context.firstSequence}`;
  return lettersInParts(letter, limits, (part, parts) => bridgeHead(context, headFacts(identity, part, parts)));
}

/**
 * Makes dead letters of a whole event that cannot be published as records: its XML in parts, without what
 * {@link disclosable} takes out. The identity is `deadletter:` and the event's, so the same event gives the same ids.
 */
export function eventDeadLetters(
  event: AdmittedEvent,
  letter: Omit<DeadLetter, 'body'>,
  context: RecordContext,
  limits: DeadLetterLimits,
): readonly DataRecord[] {
  const { element, warnings } = disclosable(event.element, privacyRulesOf(context));
  const body = Buffer.from(serializeXml(element), 'utf8');
  const names = namesOf(event, context);
  return lettersInParts({ ...letter, body }, limits, (part, parts) => ({
    ...bridgeHead(context, headFacts(`deadletter:${event.identity}`, part, parts)),
    eid: event.eid,
    ...names,
    eventIndex: event.index,
    channel: context.channel,
    warnings: [...event.warnings, ...warnings],
  }));
}

const namesSchema = record('Names', 'What a letter repeats of its answer and its event.', {
  sid: headFields.sid,
  ackId: headFields.ackId,
  eventName: headFields.eventName,
  eidRaw: headFields.eidRaw,
});

type Names = Pick<RecordHead, 'sid' | 'ackId' | 'eventName' | 'eidRaw' | 'truncated'>;

function namesOf({ eidRaw, name }: AdmittedEvent, { ackId, sid }: SourceContext): Names {
  const cut = cutTexts(namesSchema, { sid, ackId, eventName: name, eidRaw }, NAMES_BYTES_MAX, '');
  const { cuts, value } = present(cut, 'room for names');
  return { ...(value as ValueOf<typeof namesSchema>), truncated: cuts };
}

function headFacts(identity: string, part: number, parts: number): Parameters<typeof bridgeHead>[1] {
  return { recordType: 'deadLetter', schemaVersion: TOPICS.deadletter.version, identity, part, parts };
}

function lettersInParts(
  letter: DeadLetter,
  limits: DeadLetterLimits,
  headOf: (part: number, parts: number) => RecordHead,
): readonly DataRecord[] {
  const published = letter.body?.subarray(0, limits.bodyBytesMax) ?? new Uint8Array();
  const facts = factsOf(letter, limits);
  const partBytes = partBytesOf({ ...headOf(0, 1), ...facts, bodyBase64: null }, limits.recordBytesMax);
  const parts = Math.max(1, Math.ceil(published.length / partBytes));
  return Array.from({ length: parts }, (_, part): DataRecord => {
    const bytes = Buffer.from(published.subarray(part * partBytes, (part + 1) * partBytes));
    const bodyBase64 = letter.body === null ? null : bytes.toString('base64');
    const head = headOf(part, parts);
    const truncated = [...head.truncated, ...facts.truncated];
    return { topic: 'deadletter', value: { ...head, ...facts, truncated, bodyBase64 } };
  });
}

/** How many bytes of a body fit: key and headers repeat some of the head, so thrice its size leaves room for them. */
function partBytesOf(empty: DeadLetterRecord, recordBytesMax: number): number {
  const headBytes = 1024 + 3 * Buffer.byteLength(TOPICS.deadletter.serialize(empty));
  return Math.max(PART_BYTES_MIN, 3 * Math.floor((recordBytesMax - headBytes) / 4));
}

/** What all parts say alike. */
function factsOf(
  letter: DeadLetter,
  limits: DeadLetterLimits,
): Omit<DeadLetterRecord, Exclude<keyof RecordHead, 'truncated'> | 'bodyBase64'> {
  const { body } = letter;
  const arrivedBytes = letter.arrivedBytes ?? body?.length ?? null;
  // Of a body that was not kept whole no digest is known.
  const sha256 = arrivedBytes !== body?.length ? null : hash('sha256', body, 'hex');
  const isCut = body !== null && body.length > limits.bodyBytesMax;
  return {
    truncated: isCut && sha256 !== null ? [{ path: 'bodyBase64', bytes: body.length, sha256 }] : [],
    reason: letter.reason,
    action: letter.action,
    message: letter.message,
    line: letter.line ?? null,
    column: letter.column ?? null,
    httpStatus: letter.httpStatus ?? null,
    contentType: letter.contentType ?? null,
    bodyBytes: arrivedBytes,
    bodySha256: sha256,
    attempts: letter.attempts,
  };
}
