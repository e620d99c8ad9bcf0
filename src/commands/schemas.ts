import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf } from '../lib/errors.ts';
import { avscOf, subjectOf } from '../records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../records/topics/topics.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const schemas: Command = {
  name: 'schemas',
  summary: 'prints or writes the Avro schemas of the records',
  help: `Usage: cwa-bridge schemas [--output FOLDER]

Prints the schemas as one JSON array, or writes one <topic>-value.avsc for each topic.

      --output FOLDER   Where to write; made if it is missing.

Exit status: 0 done, 1 the folder cannot be written, 2 usage.
`,
  async run(args, io) {
    const { values } = readArguments(args, { output: { type: 'string' } });
    const names = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
    if (values.output === undefined) {
      const all = names.map((topic): unknown => JSON.parse(avscOf(topic)));
      io.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
      return 0;
    }
    try {
      await mkdir(values.output, { recursive: true });
      for (const topic of names) {
        const file = join(values.output, `${subjectOf(ALL_TOPICS[topic].defaultName)}.avsc`);
        await writeFile(file, avscOf(topic));
        io.stdout.write(`${file}\n`);
      }
      return 0;
    } catch (error) {
      io.stderr.write(
        `cwa-bridge schemas: cannot write to ${values.output}: ${messageOf(error)}. Name a folder that can be written.\n`,
      );
      return 1;
    }
  },
};
