import { describe, expect, test } from 'vitest';

import { eventsAnswerOf } from '../../../../src/cwa/documents/envelope.ts';
import { xml } from '../xml.ts';

describe('eventsAnswerOf', () => {
  test('reads the attributes and keeps the events in document order', () => {
    const answer = eventsAnswerOf(
      xml(
        '<cwaEvents pollWaitTime="3000" sessionTimeout="14386" ackId="9" sid="117"><a eid="8"/><b eid="2"/></cwaEvents>',
      ),
    );
    const { events, ...envelope } = answer;
    expect(envelope).toEqual({
      sid: '117',
      ackId: '9',
      eid: null,
      pollWaitTimeMs: 3000,
      sessionTimeoutSeconds: 14386,
      warnings: [],
    });
    expect(events.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('keeps ackId as text that no number could hold, without the blanks around it', () => {
    expect(eventsAnswerOf(xml('<cwaEvents ackId=" 0009007199254740993 "/>')).ackId).toBe('0009007199254740993');
  });

  test('warns of a missing or blank ackId', () => {
    for (const text of ['<cwaEvents sid="5"/>', '<cwaEvents ackId=" "/>']) {
      expect(eventsAnswerOf(xml(text))).toMatchObject({ ackId: null, warnings: ['missing-ack-id'] });
    }
  });

  test('finds an attribute in another spelling only if the exact one is missing', () => {
    expect(eventsAnswerOf(xml('<cwaEvents ACKID="1" ackId="2" PollWaitTime="1000"/>'))).toMatchObject({
      ackId: '2',
      pollWaitTimeMs: 1000,
    });
    expect(eventsAnswerOf(xml('<cwaEvents AckID="1" sesionTimeout="594"/>'))).toMatchObject({
      ackId: '1',
      sessionTimeoutSeconds: 594,
    });
  });

  test('does not take attributes of other namespaces for its own', () => {
    expect(eventsAnswerOf(xml('<cwaEvents xmlns:x="urn:x" x:ackId="7"/>')).ackId).toBeNull();
  });

  test.each(['soon', '-1', '1.5', '', '1e3', '99999999999999999999'])('warns of the poll wait time "%s"', (value) => {
    const answer = eventsAnswerOf(xml(`<cwaEvents ackId="1" pollWaitTime="${value}" sessionTimeout="${value}"/>`));
    expect(answer).toMatchObject({ pollWaitTimeMs: null, sessionTimeoutSeconds: null });
    expect(answer.warnings).toEqual(['bad-poll-wait-time', 'bad-session-timeout']);
  });

  test('passes on what the decoder warned of, and warns of text between the events', () => {
    const answer = eventsAnswerOf(xml('<cwaEvents ackId="1">oops<a/></cwaEvents>'), ['encoding-mismatch']);
    expect(answer.warnings).toEqual(['encoding-mismatch', 'stray-text']);
    expect(answer.events).toHaveLength(1);
  });

  test('reads the eid that only the envelope has', () => {
    expect(eventsAnswerOf(xml('<cwaEvents eid="101" ackId="9"><conference confId="5"/></cwaEvents>')).eid).toBe('101');
  });
});
