import { type LogicalTopic, TOPICS } from '../../src/records/topics/topics.ts';

/** Every data topic under the name that it has by default. */
export const TOPIC_NAMES = Object.fromEntries(
  Object.entries(TOPICS).map(([topic, { defaultName }]) => [topic, defaultName]),
) as Readonly<Record<LogicalTopic, string>>;
