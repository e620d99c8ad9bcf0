import { expect, test } from 'vitest';

import { BridgeError, messageOf } from '../../../src/lib/errors.ts';

class TideError extends BridgeError {
  constructor(cause?: unknown) {
    super('The tide is out. Wait for it.', { code: 'tide-out', disposition: 'retry', cause });
  }
}

test('an error has the name of its class, a code and a disposition, and an empty context by default', () => {
  expect(new TideError()).toMatchObject({ name: 'TideError', code: 'tide-out', disposition: 'retry', context: {} });
  expect('cause' in new TideError()).toBe(false);
  expect(new TideError('moon').cause).toBe('moon');
});

test.each([
  [new TideError(), 'The tide is out. Wait for it.'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [7, '7'],
])('the text of %s', (thrown, text) => {
  expect(messageOf(thrown)).toBe(text);
});
