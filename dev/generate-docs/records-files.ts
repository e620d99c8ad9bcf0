import { avscOf, subjectOf } from '../../src/records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';
import { recordsPage } from './records-page.ts';

/** Every file that is generated from the record schemas: its path from the top of the checkout, and its text. */
export function recordsFiles(): ReadonlyMap<string, string> {
  const topics = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
  return new Map([
    ['docs/records.md', recordsPage()],
    ...topics.map((topic): [string, string] => [
      `schemas/${subjectOf(ALL_TOPICS[topic].defaultName)}.avsc`,
      avscOf(topic),
    ]),
  ]);
}
