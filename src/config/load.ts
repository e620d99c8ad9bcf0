import type { BridgeConfiguration } from './configuration.ts';
import { configurationOf } from './configuration.ts';
import { crossCheck } from './cross-checks.ts';
import { ownVariables, unknownVariables } from './environment.ts';
import { checkFiles } from './file-checks.ts';
import { readFiles } from './files.ts';
import type { Problem } from './problem.ts';
import { SCHEMA } from './schema.ts';
import type { DraftSettings, Settings } from './schema.ts';
import { validateSection } from './validate.ts';
import { readWatchLists } from './watch-lists.ts';

export interface ConfigurationSources {
  /** YAML, JSON or JSON5 files; later ones win. */
  readonly files: readonly string[];
  /** Usually `process.env`; its `CWA_BRIDGE_…` variables win over the files. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** `everything` if it is left out. */
  readonly uses?: ConfigurationUse;
}

/**
 * - `everything`: as the daemon does; every file that is named must be good.
 * - `kafka`: as commands do that act on a running bridge, on another host too, or while a watch file is broken. Files
 *   of sites, accounts, pools and keys need not be there, and watch lists are what can be read of them.
 */
export type ConfigurationUse = 'everything' | 'kafka';

/** Either a configuration, or everything that is wrong with it. */
export type LoadedConfiguration =
  | { readonly configuration: BridgeConfiguration; readonly problems: readonly [] }
  | { readonly configuration: null; readonly problems: readonly Problem[] };

/**
 * Reads, merges and validates the configuration. Every problem is found in one go: a setting that is wrong counts as
 * its default in the checks that follow. Only where a file cannot be read the rest waits until it can.
 */
export async function loadConfiguration({
  env,
  files,
  uses = 'everything',
}: ConfigurationSources): Promise<LoadedConfiguration> {
  const contents = await readFiles(files);
  // What such a file would have set is not known: to say that it is missing would be wrong.
  if (contents.problems.length > 0) return { configuration: null, problems: contents.problems };
  const variables = ownVariables(env);
  const { values, problems } = validateSection(SCHEMA, contents.values, {
    env: variables,
    sources: contents.sources,
    prefix: '',
  });
  const draft = values as unknown as DraftSettings;
  const watch = await readWatchLists(draft);
  const ofFiles = [...(await checkFiles(draft)), ...watch.problems];
  const all = [
    ...unknownVariables(variables, SCHEMA),
    ...problems,
    ...crossCheck(draft),
    ...ofFiles.filter(({ path }) => uses === 'everything' || path.startsWith('kafka.')),
  ];
  if (all.length > 0) return { configuration: null, problems: all };
  // Nothing that is required is missing, or it would be among the problems.
  return { configuration: configurationOf(draft as Settings, watch.lists), problems: [] };
}
