import { describe, expect, test } from 'vitest';
import { testBrokers, uniqueName } from '../support/kafka.ts';
import { quietClient } from '../../dev/kafka/readiness.ts';
describe('the shared broker', () => {
  test('answers', async () => {
    const admin = quietClient(testBrokers()).admin();
    await admin.connect();
    expect(await admin.createTopics({ topics: [{ topic: uniqueName('x') }] })).toBe(true);
    await admin.disconnect();
  });
});
