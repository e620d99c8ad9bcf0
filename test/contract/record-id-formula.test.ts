import fc from 'fast-check';
import { expect, test } from 'vitest';

import { commandIdentity, expectedId } from '../../dev/checker/identity.ts';
import { admitResponses } from '../../src/events/admit.ts';
import { orderResponses } from '../../src/events/order.ts';
import { recordId } from '../../src/records/record-id.ts';

test('the checker reads the formula of the documentation as the bridge does', () => {
  const text = fc.string({ unit: 'grapheme' });
  const number = fc.nat();
  fc.assert(
    fc.property(
      text,
      text,
      number,
      text,
      number,
      number,
      (installation, accountId, generation, identity, user, part) => {
        const record = { accountId, generation, userIndex: user, part };
        expect(expectedId(installation, record, identity)).toBe(
          recordId({ installation, accountId, generation }, identity, user, part),
        );
      },
    ),
  );
});

test('an id of the documentation stays what it is', () => {
  const record = { accountId: 'watcher-1', generation: 1_700_000_000, userIndex: 0, part: 0 };
  expect(expectedId('cwa-bridge', record, '8:userPresence:0123456789abcdef')).toMatchInlineSnapshot(
    `"78457d56708179437a7066deef7944e2"`,
  );
});

test('an answer of the command channel is known by its place: number of the document, position inside', () => {
  const element = { name: 'error', namespace: '', attributes: [], children: [] };
  const identities = admitResponses(orderResponses([element, element]), 17).map(({ identity }) => identity);
  expect(identities).toEqual([commandIdentity(17, 0), commandIdentity(17, 1)]);
  const record = { accountId: 'watcher-1', generation: 1_700_000_000, userIndex: 0, part: 0 };
  expect(expectedId('cwa-bridge', record, identities[1] ?? '')).toMatchInlineSnapshot(
    `"f1562b18d1d65d71b87d1a5d601c17f2"`,
  );
});
