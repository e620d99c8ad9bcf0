import { EVENTS } from '../cwa/protocol.ts';
import type { QueuedEvent } from './event-queue.ts';
import type { Faults, FaultSpec } from './faults.ts';
import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';
import { declaration } from './replies.ts';
import type { Answer, Session } from './session.ts';
import { lineBreak, writeAttribute } from './xml-writer.ts';

/** How often a lagging `ackId` lags. */
const LAG_PROBABILITY = 0.3;

/** What an answer depends on besides the session. */
export interface AnswerParts {
  readonly options: ResolvedOptions;
  readonly random: Random;
  /** Asked for those that change the contents. */
  readonly faults: Faults;
  readonly monotonicMs: number;
}

/** The answer to a poll with this `ackId`, from what the session's queue holds. */
export function composeAnswer(session: Session, ackId: number, parts: AnswerParts): Answer {
  const { options, random, faults } = parts;
  const events = [...session.queue.peek(ackId, options.eventsPerAnswer)];
  const holdable = freshOf(events);
  const content = faults.strikeContent(session.accountUri, (kind) => {
    if (kind === 'envelope') return true;
    if (kind === 'ackJump') return events.length > 0;
    if (kind === 'late') return holdable.length > 0;
    // One may be held back, one is left to stand twice.
    return (kind === 'duplicate' ? numberedOf(events) : events).length > 1;
  });
  if (content.has('late')) holdBack(session, events, random.pick(holdable));
  const jump = content.get('ackJump');
  const answered = answeredAckId(session, events, parts) + (jump === undefined ? 0 : (jump.by ?? 1_000));
  const isShuffled = content.has('shuffle') || options.eidOrder === 'shuffled';
  const written = isShuffled ? random.shuffled(events) : [...events];
  if (content.has('duplicate')) {
    written.splice(random.below(written.length + 1), 0, random.pick(numberedOf(written)));
  }
  const xml = written.map((event) => event.xml);
  const given = content.get('envelope')?.attributes ?? {};
  return { body: writeEnvelope(session, answered, xml, parts, given), ackId: answered, events };
}

/** An answer without events that acknowledges nothing new: for a poll that a later one has overtaken. */
export function emptyAnswer(session: Session, ackId: number, parts: AnswerParts): Answer {
  return { body: writeEnvelope(session, ackId, [], parts), ackId, events: [] };
}

/** Events that were never handed over, but not the last one: if one is held back, a higher eid goes out before it. */
function freshOf(events: readonly QueuedEvent[]): readonly QueuedEvent[] {
  return events.slice(0, -1).filter(({ entry, position }) => entry.handedOver.length === 0 && entry.eid === position);
}

/** Without an eid the same event twice would be two events: nothing tells them apart. */
function numberedOf(events: readonly QueuedEvent[]): readonly QueuedEvent[] {
  return events.filter(({ entry }) => entry.eid !== null);
}

function holdBack(session: Session, events: QueuedEvent[], event: QueuedEvent): void {
  events.splice(events.indexOf(event), 1);
  session.queue.holdBack(event);
}

/** The position of the last event; without events the counter, also where the client's value is higher (§6.3). */
function answeredAckId(session: Session, events: readonly QueuedEvent[], { options, random }: AnswerParts): number {
  const isLagging = options.ackIdStyle === 'lagging' && events.length > 1 && random.chance(LAG_PROBABILITY);
  const last = isLagging ? random.pick(events.slice(0, -1)) : events.at(-1);
  return last?.position ?? session.queue.counter;
}

/** @param given attributes that a fault wants otherwise; null leaves one out. */
function writeEnvelope(
  session: Session,
  ackId: number,
  events: readonly string[],
  { options, monotonicMs }: AnswerParts,
  given: NonNullable<FaultSpec['attributes']> = {},
): string {
  const own: NonNullable<FaultSpec['attributes']> = {
    pollWaitTime: String(options.pollWaitTimeMs),
    sessionTimeout: String(Math.ceil(session.leftMs(monotonicMs) / 1000)),
    ackId: String(ackId),
    sid: session.sid,
  };
  const attributes = Object.entries({ ...own, ...given })
    .map(([name, value]) => (value === null ? '' : writeAttribute(name, value)))
    .join('');
  const start = `${declaration(options)}<${EVENTS}${attributes}`;
  if (events.length === 0) return `${start}/>`;
  const before = lineBreak(options.wireStyle, 1);
  return `${start}>${before}${events.join(before)}${lineBreak(options.wireStyle, 0)}</${EVENTS}>`;
}
