/**
 * `npm run schemas:release`: keeps each topic's schema of now as the released one of its version, under
 * `schemas/released/<topic>/<version>.avsc`. What is released never changes: a test compares every later schema with
 * all of them. To be run when a version of the program goes out.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';

import { avscOf } from '../../src/records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';

const released = new URL('../../schemas/released/', import.meta.url);

for (const topic of Object.keys(ALL_TOPICS) as readonly PublishedTopic[]) {
  const { defaultName, version } = ALL_TOPICS[topic];
  const name = `${defaultName}/${String(version)}.avsc`;
  const file = new URL(name, released);
  const isThere = existsSync(file);
  if (!isThere) {
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, avscOf(topic));
  }
  console.log(`${isThere ? 'was released' : 'released now'}: ${name}`);
}
