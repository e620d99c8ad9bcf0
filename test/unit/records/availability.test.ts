import { expect, test } from 'vitest';

import { availabilityNameOf } from '../../../src/records/availability.ts';

test.each([
  [0, 'Unknown'],
  [2999, 'Unknown'],
  [3000, 'Available'],
  [4499, 'Available'],
  [4500, 'AvailableIdle'],
  [5999, 'AvailableIdle'],
  [6000, 'Busy'],
  [7499, 'Busy'],
  [7500, 'BusyIdle'],
  [8999, 'BusyIdle'],
  [9000, 'DoNotDisturb'],
  [11_999, 'DoNotDisturb'],
  [12_000, 'BeRightBack'],
  [14_999, 'BeRightBack'],
  [15_000, 'Away'],
  [17_999, 'Away'],
  [18_000, 'Offline'],
  [2n ** 63n - 1n, 'Offline'],
])('%s is called %s', (availability, name) => {
  expect(availabilityNameOf(availability)).toBe(name);
});
