import type { BridgeConfiguration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { CommandIo } from './command.ts';

/**
 * Loads the configuration, or says on standard error everything that is wrong with it.
 *
 * @returns null if it is not valid: the command ends with status 2.
 */
export async function configurationFor(files: readonly string[], io: CommandIo): Promise<BridgeConfiguration | null> {
  const { configuration, problems } = await loadConfiguration({ files, env: io.env });
  if (configuration !== null) return configuration;
  const count = problems.length === 1 ? 'one problem' : `${String(problems.length)} problems`;
  io.stderr.write(`The configuration has ${count}:\n${problems.map((p) => `  - ${formatProblem(p)}\n`).join('')}`);
  return null;
}
