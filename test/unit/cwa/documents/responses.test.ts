import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { logonFieldsOf, openedSessionOf, responsesAnswerOf } from '../../../../src/cwa/documents/responses.ts';
import { xml } from '../xml.ts';

function answerOf(inner: string): ReturnType<typeof responsesAnswerOf> {
  return responsesAnswerOf(xml(`<cwaResponses>${inner}</cwaResponses>`));
}

describe('responsesAnswerOf', () => {
  test('reads three requests with three fates', () => {
    const file = new URL('../../../fixtures/cwa/accepted/three-fates.xml', import.meta.url);
    const answer = responsesAnswerOf(xml(readFileSync(file, 'utf8')));
    expect(answer.sid).toBe('768');
    expect(answer.responses.map(({ rid, outcome }) => [rid, outcome])).toEqual([
      ['4', 'accepted'],
      ['5', 'succeeded'],
      ['6', 'failed'],
    ]);
    expect(answer.responses[2]?.fault?.exceptionDetail).toBe('The given key was not present in the dictionary.');
  });

  test.each([
    ['requestAccepted', 'accepted'],
    ['initiateSessionAccepted', 'accepted'],
    ['requestSucceeded', 'succeeded'],
    ['requestFailed', 'failed'],
    ['requestRejected', 'rejected'],
    ['RequestRejected', 'rejected'],
    ['requestInvalid', 'rejected'],
    ['error', 'error'],
    ['voIPTerminateSucceeded', 'other'],
  ])('reads %s as %s', (name, outcome) => {
    expect(answerOf(`<${name} rid=" 7 "/>`).responses).toMatchObject([{ name, outcome, rid: '7' }]);
  });

  test('takes an empty rid for none', () => {
    expect(answerOf('<requestSucceeded rid=""/>').responses[0]?.rid).toBeNull();
  });

  test('unwraps events inside the answer', () => {
    const answer = answerOf('<requestAccepted rid="1"/><cwaEvents sid="5" ackId="3"><a eid="3"/></cwaEvents>');
    expect(answer.responses).toHaveLength(1);
    expect(answer.nestedEvents).toMatchObject([{ sid: '5', ackId: '3', events: [{ name: 'a' }] }]);
  });
});

describe('openedSessionOf', () => {
  test('reads child elements of requestAccepted', () => {
    const inner =
      '<requestAccepted rid="1"><sid> 412 </sid><uri>sip:a@b.example</uri><PollWaitTime>3000</PollWaitTime></requestAccepted>';
    expect(openedSessionOf(answerOf(inner), '1')).toEqual({ sid: '412', uri: 'sip:a@b.example', pollWaitTimeMs: 3000 });
  });

  test('reads attributes of initiateSessionAccepted', () => {
    const inner = '<initiateSessionAccepted rid="1" sid="412" pollWaitTime="3000"/>';
    expect(openedSessionOf(answerOf(inner), '1')).toEqual({ sid: '412', uri: null, pollWaitTimeMs: 3000 });
  });

  test('takes the answer with its rid, or the only one', () => {
    const other = '<requestAccepted rid="9"><sid>1</sid></requestAccepted>';
    const own = '<requestAccepted rid="1"><sid>2</sid></requestAccepted>';
    expect(openedSessionOf(answerOf(other + own), '1')?.sid).toBe('2');
    expect(openedSessionOf(answerOf(other), '1')?.sid).toBe('1');
    expect(openedSessionOf(answerOf(other + other), '1')).toBeNull();
  });

  test.each(['', '<requestAccepted rid="1"/>', '<requestFailed rid="1"><sid>4</sid></requestFailed>'])(
    'finds no session in "%s"',
    (inner) => {
      expect(openedSessionOf(answerOf(inner), '1')).toBeNull();
    },
  );
});

describe('logonFieldsOf', () => {
  const expected = { uri: 'sip:a@b.example', signInData: 'PHg+' };

  test.each([
    '<requestSucceeded eid="0"><uri>sip:a@b.example</uri><signInData>PHg+</signInData></requestSucceeded>',
    '<requestSucceeded rid=""/><uri> sip:a@b.example</uri><signInData>PHg+\n</signInData>',
  ])('reads %s', (inner) => {
    expect(logonFieldsOf(answerOf(inner))).toEqual(expected);
  });

  test('finds nothing in an answer without them', () => {
    expect(logonFieldsOf(answerOf('<requestSucceeded/>'))).toEqual({ uri: null, signInData: null });
  });
});
