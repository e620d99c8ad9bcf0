import { randomBytes } from 'node:crypto';

import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of each; set by `kafka-global-setup.ts`. */
    kafkaBrokers: readonly string[];
  }
}

/**
 * The Kafka that all integration tests of this run share, as `host:port`. It outlives the test: take names from
 * {@link uniqueName} and leave the broker running. A test that kills brokers starts a `LocalCluster` of its own.
 */
export function testBrokers(): readonly string[] {
  return inject('kafkaBrokers');
}

/**
 * `prefix` with a random ending, such as `presence-5f0c2a9b`: for topics, installations, groups and transactional
 * ids, so that tests that share a broker do not meet. Valid wherever Kafka wants a name.
 */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
