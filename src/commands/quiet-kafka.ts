import type { BridgeConfiguration } from '../config/configuration.ts';
import { connectKafka } from '../daemon/kafka-connection.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../observability/log.ts';
import type { CommandIo } from './command.ts';

/** Kafka for a command that says itself what went wrong: the client logs next to nothing. To be closed by the caller. */
export function connectQuietly(configuration: BridgeConfiguration, { stderr }: Pick<CommandIo, 'stderr'>): KafkajsLog {
  return connectKafka(configuration, createLogger({ level: 'fatal', destination: stderr }), systemClock);
}
