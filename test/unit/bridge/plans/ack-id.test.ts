import { expect, test } from 'vitest';

import { decideAckId } from '../../../../src/bridge/plans/ack-id.ts';

test.each([
  ['advances to what the server sent, verbatim', '9', '011', false, { ackId: '011', kind: 'advanced' }],
  ['compares as numbers, not as text', '9', '10', false, { ackId: '10', kind: 'advanced' }],
  ['keeps ours when nothing is new', '9', '9', false, { ackId: '9', kind: 'same' }],
  ['adopts a lower one: it would starve us', '9', '4', false, { ackId: '4', kind: 'lowered' }],
  ['keeps ours when it is missing', '9', null, false, { ackId: '9', kind: 'missing' }],
  ['keeps ours when it is not a number', '9', 'x', false, { ackId: '9', kind: 'invalid' }],
  ['keeps ours when the answer is of another session', '9', '12', true, { ackId: '9', kind: 'foreign-session' }],
  [
    'is exact beyond 2^53',
    '9007199254740992',
    '9007199254740993',
    false,
    { ackId: '9007199254740993', kind: 'advanced' },
  ],
] as const)('%s', (_, committed, answered, isForeign, expected) => {
  expect(decideAckId(committed, answered, isForeign)).toEqual(expected);
});
