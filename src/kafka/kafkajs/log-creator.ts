import { type logCreator, logLevel } from 'kafkajs';

import type { Log } from '../../lib/log.ts';

/** What kafkajs calls an error and is part of a normal day: our own code handles it and says what it means. */
const EXPECTED = [
  /concurrent transaction/i,
  /producer attempted/i,
  /The (group|coordinator) is (loading|rebalancing)/i,
  /group is rebalancing/i,
  /coordinator/i,
  /Failed to send messages/i,
  /Connection (error|timeout)/i,
  /Failed to connect/i,
  /leadership election|not the leader/i,
  /does not host this topic-partition/i,
  /Request .* timed out/i,
  /Response .*(AddPartitionsToTxn|InitProducerId|EndTxn|FindCoordinator|GroupCoordinator|SyncGroup|JoinGroup|Heartbeat)/i,
];

/**
 * kafkajs' own log, passed on. Every failure also reaches our code as an exception, so nothing of this is above
 * `warn`, and what is expected is `debug`.
 */
export function kafkajsLogCreator(logger: Log): logCreator {
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...rest } = log;
      const fields = { ...rest, namespace, kafkajs: message };
      const isExpected = EXPECTED.some((pattern) => pattern.test(`${message} ${String(rest.error ?? '')}`));
      if (level > logLevel.WARN || isExpected) logger.debug(fields, 'kafkajs');
      else if (level === logLevel.WARN) logger.info(fields, 'kafkajs');
      else logger.warn(fields, 'kafkajs');
    };
}
