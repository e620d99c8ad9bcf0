import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf } from '../lib/errors.ts';
import { AvscError } from '../records/schema/avsc.ts';
import { type GateFinding, gateFindings, type ReleasedSchema } from '../records/schema/release-gate.ts';
import { ALL_TOPICS } from '../records/topics/topics.ts';
import type { CommandIo, ExitStatus } from './command.ts';

/** Compares every topic's schema with the released ones; a line for each topic, and one for each finding. */
export async function checkSchemas(folder: string, io: CommandIo): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  try {
    const present = await readdir(folder);
    for (const { defaultName, schema, version } of Object.values(ALL_TOPICS)) {
      const released = present.includes(defaultName) ? await releasedOf(join(folder, defaultName)) : [];
      const findings = gateFindings({ schema, version }, released);
      io.stdout.write(`${defaultName}: ${verdictOf(released, findings)}\n`);
      for (const finding of findings) io.stdout.write(`  ${textOf(schema.name, finding)}\n`);
      if (findings.length > 0) status = 1;
    }
    return status;
  } catch (error) {
    if (!(error instanceof AvscError) && !isFileError(error)) throw error;
    const remedy = 'Name a folder with <topic>/<version>.avsc.';
    io.stderr.write(`cwa-bridge schemas: cannot check with ${folder}: ${messageOf(error)}. ${remedy}\n`);
    return 1;
  }
}

/** The released schemas of one topic, by version. Other files may stand beside them. */
async function releasedOf(folder: string): Promise<readonly ReleasedSchema[]> {
  const versions = (await readdir(folder)).flatMap((name) => {
    const digits = /^(\d+)\.avsc$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  const ascending = versions.toSorted((a, b) => a - b);
  return Promise.all(
    ascending.map(async (version) => ({
      version,
      avsc: await readFile(join(folder, `${String(version)}.avsc`), 'utf8'),
    })),
  );
}

function verdictOf(released: readonly ReleasedSchema[], findings: readonly GateFinding[]): string {
  if (released.length === 0) return 'new, nothing was released';
  const versions = `released ${released.map(({ version }) => String(version)).join(', ')}`;
  return findings.length === 0 ? `compatible with ${versions}` : `${versions}; not compatible`;
}

function textOf(record: string, { change, consequence, path, version }: GateFinding): string {
  const where = path === '' ? record : `${record}.${path}`;
  return `since version ${String(version)}: ${where} ${change}: ${consequence}`;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
