import { KafkaError } from '../../kafka/kafka-error.ts';

/** Whether an error says that a right is missing. */
export function deniedBy(error: unknown): boolean {
  return error instanceof KafkaError && error.kafkaCode.endsWith('_AUTHORIZATION_FAILED');
}
