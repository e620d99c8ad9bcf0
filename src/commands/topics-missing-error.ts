import { BridgeError } from '../lib/errors.ts';

/** Topics that a command is to read are not there. */
export class TopicsMissingError extends BridgeError {
  constructor(missing: readonly string[]) {
    const them = missing.length === 1 ? 'it' : 'them';
    super(
      `Kafka has no topic ${missing.join(', ')}. Look at kafka.topics, or create ${them}: cwa-bridge topics --create.`,
      { code: 'topics-missing', disposition: 'fatal' },
    );
  }
}
