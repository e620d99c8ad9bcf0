import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf } from '../lib/errors.ts';
import { avscOf, schemaFiles } from '../records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../records/topics/topics.ts';
import { readArguments } from './arguments.ts';
import { checkSchemas } from './check-schemas.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';

export const schemas: Command = {
  name: 'schemas',
  summary: 'prints, writes or checks the schemas of the records',
  help: `Usage: cwa-bridge schemas [--output FOLDER | --check FOLDER]

Prints the Avro schemas as one JSON array.

      --output FOLDER   Instead writes a <topic>-value.avsc (Avro) and a <topic>-value.schema.json (JSON Schema) for
                        each topic; the folder is made if it is missing.
      --check FOLDER    Instead compares the schemas of this program with those that were released, which are in
                        FOLDER as <topic>/<version>.avsc: each must be able to read what was written with any of
                        them (BACKWARD_TRANSITIVE). Every finding is one line; a topic without a folder is new.

Exit status: 0 done, 1 a finding, or the folder cannot be used, 2 usage.
`,
  async run(args, io) {
    const { values } = readArguments(args, { output: { type: 'string' }, check: { type: 'string' } });
    const { check, output } = values;
    if (check !== undefined && output !== undefined) throw new UsageError('--output and --check exclude each other');
    if (check !== undefined) return checkSchemas(check, io);
    return output === undefined ? print(io) : write(output, io);
  },
};

function print(io: CommandIo): ExitStatus {
  const topics = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
  const all = topics.map((topic): unknown => JSON.parse(avscOf(topic)));
  io.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  return 0;
}

async function write(folder: string, io: CommandIo): Promise<ExitStatus> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of schemaFiles()) {
      const file = join(folder, name);
      await writeFile(file, text);
      io.stdout.write(`${file}\n`);
    }
    return 0;
  } catch (error) {
    const message = `cannot write to ${folder}: ${messageOf(error)}. Name a folder that can be written.`;
    io.stderr.write(`cwa-bridge schemas: ${message}\n`);
    return 1;
  }
}
