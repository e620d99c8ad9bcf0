import { initialProgress, type AccountProgress } from '../progress/account-progress.ts';
import type { Plan, PlanContext, PlanSettings } from './plan.ts';
import { planAnswer } from './plan-answer.ts';
import { planResponses } from './plan-responses.ts';
import type { DocumentLimits } from '../../cwa/documents/document-limits.ts';
import { eventsAnswerOf } from '../../cwa/documents/envelope.ts';
import { EVENTS, RESPONSES } from '../../cwa/protocol.ts';
import { charsetOf } from '../../cwa/documents/read-answer.ts';
import { readDocument } from '../../cwa/documents/read-document.ts';
import { responsesAnswerOf } from '../../cwa/documents/responses.ts';
import type { XmlAttribute, XmlElement } from '../../lib/xml.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import type { LetterPart } from '../../records/dead-letters/letter-part.ts';

/**
 * What a dead letter would become if it were received now, by the settings of now: the plan of the daemon for it, in
 * the generation and at the place of the letter. The `id`s are therefore those that the records would have had, unless
 * privacy took something out of the event before it went to the dead letters.
 *
 * What only the session knew is not known any more: whether an event of the letter had been published before, was late,
 * or was part of a snapshot. Nothing is derived from it: neither current states nor sign-in edges.
 *
 * @param letter whose body is whole.
 * @throws {@link DocumentRefusedError} if the body still cannot be read.
 */
export function replayLetter(letter: Letter, settings: PlanSettings, limits: DocumentLimits): Plan {
  const { first } = letter;
  // Who watches nobody derives no states and edges: those of the letter are history, and overtaken.
  const account = { ...settings.account, users: [] };
  const context: PlanContext = {
    settings: { ...settings, account },
    now: first.receivedAt,
    newId: () => 'gap',
    claim: 0,
  };
  return planDocument(context, first, documentOf(letter, limits));
}

/**
 * The document that a letter holds, or that its event came in.
 *
 * @throws {@link DocumentRefusedError} if the body cannot be read.
 */
export function documentOf({ body, first }: Letter, limits: DocumentLimits): XmlElement {
  const isDocument = first.eventName === '';
  const { root } = readDocument(body, {
    roots: isDocument ? [EVENTS, RESPONSES] : [first.eventName],
    limits,
    charset: isDocument ? charsetOf(first.contentType) : null,
  });
  return isDocument ? root : envelopeFor(root, first);
}

/** Whether a document is one of the command channel. */
export function isResponses({ name }: XmlElement): boolean {
  return name.toLowerCase() === RESPONSES.toLowerCase();
}

function planDocument(context: PlanContext, first: LetterPart, root: XmlElement): Plan {
  const receivedAt = first.receivedAt;
  if (isResponses(root)) {
    const answer = responsesAnswerOf(root);
    return planResponses(context, progressAt(context, first, answer.sid), { answer, receivedAt, sent: null });
  }
  const answer = eventsAnswerOf(root);
  const progress = progressAt(context, first, answer.sid);
  return planAnswer(context, progress, { answer, polledAckId: progress.ackId, receivedAt });
}

/** Where the session stood when the letter was written, as far as the letter says. */
function progressAt({ settings }: PlanContext, first: LetterPart, sid: string | null): AccountProgress {
  const { accountId, accountUri } = settings.account;
  return {
    ...initialProgress(accountId, accountUri),
    state: 'open',
    generation: first.generation,
    sid,
    ackId: first.polledAckId ?? '0',
    nextSequence: first.sequence,
    nextAnswer: first.answer,
  };
}

/** The document that an event came in, without the others. */
function envelopeFor(event: XmlElement, { ackId, channel, eidRaw, sid }: LetterPart): XmlElement {
  const isCommand = channel === 'command';
  // The eid of an event that has none of its own stood here.
  const given = isCommand ? { sid } : { sid, ackId, eid: eidRaw };
  const attributes = Object.entries(given).flatMap(([name, value]): readonly XmlAttribute[] => {
    return value === null ? [] : [{ name, namespace: '', value }];
  });
  return { name: isCommand ? RESPONSES : EVENTS, namespace: '', attributes, children: [event] };
}
