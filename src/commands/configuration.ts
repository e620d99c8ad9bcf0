import type { BridgeConfiguration } from '../config/configuration.ts';
import { type ConfigurationUse, loadConfiguration } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { CommandIo } from './command.ts';

/**
 * Loads the configuration, or says on standard error everything that is wrong with it.
 *
 * @returns null if it is not valid: the command ends with status 2.
 */
export async function configurationFor(
  files: readonly string[],
  io: CommandIo,
  uses: ConfigurationUse = 'everything',
): Promise<BridgeConfiguration | null> {
  const { configuration, problems } = await loadConfiguration({ files, env: io.env, uses });
  if (configuration !== null) return configuration;
  const count = problems.length === 1 ? 'one problem' : `${String(problems.length)} problems`;
  if (files.length === 0) io.stderr.write('No file is given: write --config FILE, unless all is in the environment.\n');
  io.stderr.write(`The configuration has ${count}:\n${problems.map((p) => `  - ${formatProblem(p)}\n`).join('')}`);
  return null;
}
