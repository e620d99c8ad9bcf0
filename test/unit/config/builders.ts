import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BridgeConfiguration } from '../../../src/config/configuration.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import type { Problem } from '../../../src/config/problem.ts';

/** The least that is valid. Fresh each time, so that a test may change it. */
export function minimal() {
  return {
    sites: [{ name: 'main', baseUrl: 'https://im.example.com' } as Record<string, unknown>],
    accounts: [
      {
        id: 'watcher',
        site: 'main',
        user: 'EXAMPLE\\svc',
        password: 'open sesame',
        uri: 'sip:svc@example.com',
      } as Record<string, unknown>,
    ],
    kafka: { brokers: ['kafka:9092'] } as Record<string, unknown>,
  };
}

/** A folder that is gone after the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of that content, gone after the test. */
export async function fileOf(content: string, name = 'file.yaml'): Promise<string> {
  const file = join(await scratchFolder(), name);
  await writeFile(file, content);
  return file;
}

/** What is wrong with these values. */
export async function problemsOf(values: unknown, env: Record<string, string> = {}): Promise<readonly Problem[]> {
  const file = await fileOf(JSON.stringify(values), 'values.json');
  return (await loadConfiguration({ files: [file], env })).problems;
}

/** The configuration of these values, which must be valid. */
export async function configurationFrom(
  values: unknown,
  env: Record<string, string> = {},
): Promise<BridgeConfiguration> {
  return validConfiguration([await fileOf(JSON.stringify(values), 'values.json')], env);
}

/** The configuration of these files, which must be valid. */
export async function validConfiguration(
  files: readonly string[],
  env: Record<string, string> = {},
): Promise<BridgeConfiguration> {
  const { configuration, problems } = await loadConfiguration({ files, env });
  if (configuration === null) throw new Error(problems.map(formatProblem).join('\n'));
  return configuration;
}
