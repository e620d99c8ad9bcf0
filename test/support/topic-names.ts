import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';

/** Every published topic under the name that it has by default. */
export const TOPIC_NAMES = Object.fromEntries(
  Object.entries(ALL_TOPICS).map(([topic, { defaultName }]) => [topic, defaultName]),
) as Readonly<Record<PublishedTopic, string>>;
