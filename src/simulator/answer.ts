import { EVENTS } from '../cwa/protocol.ts';
import type { QueuedEvent } from './event-queue.ts';
import type { FaultKind } from './faults.ts';
import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';
import { declaration } from './replies.ts';
import type { Session } from './session.ts';
import { lineBreak, writeAttribute } from './xml-writer.ts';

/** One data-channel answer. */
export interface Answer {
  readonly body: string;
  readonly ackId: number;
  readonly events: readonly QueuedEvent[];
}

/** How often a lagging `ackId` lags. */
const LAG_PROBABILITY = 0.3;

/** What an answer depends on besides the session. */
export interface AnswerParts {
  readonly options: ResolvedOptions;
  readonly random: Random;
  /** Faults that change the contents. */
  readonly content: ReadonlySet<FaultKind>;
  readonly monotonicMs: number;
}

/** The answer to a poll with this `ackId`, from what the session's queue holds. */
export function composeAnswer(session: Session, ackId: number, parts: AnswerParts): Answer {
  const { options, random, content } = parts;
  const events = [...session.queue.peek(ackId, options.eventsPerAnswer)];
  if (content.has('late')) holdOneBack(session, events, random);
  const answered = answeredAckId(session, events, parts);
  const isShuffled = content.has('shuffle') || options.eidOrder === 'shuffled';
  const written = isShuffled ? random.shuffled(events) : [...events];
  if (content.has('duplicate') && written.length > 0) {
    written.splice(random.below(written.length + 1), 0, random.pick(written));
  }
  const xml = written.map((event) => event.xml);
  return { body: writeEnvelope(session, answered, xml, parts), ackId: answered, events };
}

/** An answer without events that acknowledges nothing new: for a poll that a later one has overtaken. */
export function emptyAnswer(session: Session, ackId: number, parts: AnswerParts): Answer {
  return { body: writeEnvelope(session, ackId, [], parts), ackId, events: [] };
}

/** Takes out an event that was never handed over, but not the last, so that a higher eid goes out before it. */
function holdOneBack(session: Session, events: QueuedEvent[], random: Random): void {
  const fresh = events.slice(0, -1).filter(({ entry, position }) => {
    return entry.handedOver.length === 0 && entry.eid === position;
  });
  if (fresh.length === 0) return;
  const event = random.pick(fresh);
  events.splice(events.indexOf(event), 1);
  session.queue.holdBack(event);
}

/** The position of the last event; without events the counter, also where the client's value is higher (§6.3). */
function answeredAckId(session: Session, events: readonly QueuedEvent[], { options, random }: AnswerParts): number {
  const isLagging = options.ackIdStyle === 'lagging' && events.length > 1 && random.chance(LAG_PROBABILITY);
  const last = isLagging ? random.pick(events.slice(0, -1)) : events.at(-1);
  return last?.position ?? session.queue.counter;
}

function writeEnvelope(session: Session, ackId: number, events: readonly string[], parts: AnswerParts): string {
  const { options, monotonicMs } = parts;
  const attributes = [
    writeAttribute('pollWaitTime', String(options.pollWaitTimeMs)),
    writeAttribute('sessionTimeout', String(Math.ceil(session.leftMs(monotonicMs) / 1000))),
    writeAttribute('ackId', String(ackId)),
    writeAttribute('sid', session.sid),
  ].join('');
  const start = `${declaration(options)}<${EVENTS}${attributes}`;
  if (events.length === 0) return `${start}/>`;
  const before = lineBreak(options.wireStyle, 1);
  return `${start}>${before}${events.join(before)}${lineBreak(options.wireStyle, 0)}</${EVENTS}>`;
}
