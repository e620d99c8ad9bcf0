import { elementsOf } from '../../lib/xml.ts';
import type { XmlElement } from '../../lib/xml.ts';
import { attributeOf, integerOf, trimmed } from './vocabulary.ts';

/** A remark about an answer that was read all the same; a closed list. */
export type EnvelopeWarning =
  | 'encoding-mismatch' // the declared encoding contradicts the bytes
  | 'missing-ack-id'
  | 'bad-poll-wait-time' // present, and not a number of milliseconds
  | 'bad-session-timeout'
  | 'stray-text'; // text between the events

/** The attributes of a `cwaEvents` element. */
export interface EventsEnvelope {
  /** Trimmed; null if absent. */
  readonly sid: string | null;
  /** Verbatim but for blanks around it, to be echoed: never a number to calculate with. Null if absent. */
  readonly ackId: string | null;
  /** Only VoIP samples have it: the eid of the one event that has none (events §3.3 rule 8). */
  readonly eid: string | null;
  /** Milliseconds that the server asks to wait before the next poll; not clamped. Null if absent or unreadable. */
  readonly pollWaitTimeMs: number | null;
  /** Seconds until the session dies without user activity; null if absent or unreadable. */
  readonly sessionTimeoutSeconds: number | null;
  readonly warnings: readonly EnvelopeWarning[];
}

/** One `cwaEvents` document. */
export interface EventsAnswer extends EventsEnvelope {
  /** In document order, which is not eid order. Element names are verbatim. */
  readonly events: readonly XmlElement[];
}

/** Reads a `cwaEvents` element; `warnings` are those of the bytes it came from. */
export function eventsAnswerOf(root: XmlElement, warnings: readonly EnvelopeWarning[] = []): EventsAnswer {
  const hasStrayText = root.children.some((child) => typeof child === 'string');
  const envelope = eventsEnvelopeOf(root, hasStrayText ? [...warnings, 'stray-text'] : warnings);
  return { ...envelope, events: elementsOf(root) };
}

/** Reads only the attributes of a `cwaEvents` element. */
export function eventsEnvelopeOf(root: XmlElement, documentWarnings: readonly EnvelopeWarning[] = []): EventsEnvelope {
  const warnings = [...documentWarnings];
  const durationOf = (text: string | null, warning: EnvelopeWarning): number | null => {
    const value = integerOf(text);
    if (value !== null && value >= 0) return value;
    if (text !== null) warnings.push(warning);
    return null;
  };
  const ackId = trimmed(attributeOf(root, 'ackId'));
  if (ackId === null) warnings.push('missing-ack-id');
  // The page that defines the second name misspells it in its syntax line (transport §2.3).
  const sessionTimeout = attributeOf(root, 'sessionTimeout') ?? attributeOf(root, 'sesionTimeout');
  return {
    sid: trimmed(attributeOf(root, 'sid')),
    ackId,
    eid: trimmed(attributeOf(root, 'eid')),
    pollWaitTimeMs: durationOf(attributeOf(root, 'pollWaitTime'), 'bad-poll-wait-time'),
    sessionTimeoutSeconds: durationOf(sessionTimeout, 'bad-session-timeout'),
    warnings,
  };
}
