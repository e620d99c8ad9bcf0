import { expect, test } from 'vitest';

import { parseStatusClass } from '../../../src/lib/status-class.ts';

test.each([
  ['410=session-lost', [410, 'session-lost']],
  ['302=ticket-lost', [302, 'ticket-lost']],
  ['200=transient', null],
  ['600=transient', null],
  ['500=sign-in-refused', null],
  ['500', null],
  [' 500=transient', null],
])('%s means %j', (text, expected) => {
  expect(parseStatusClass(text)).toEqual(expected);
});
