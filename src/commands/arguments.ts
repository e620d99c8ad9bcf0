import { parseArgs, type ParseArgsConfig } from 'node:util';

import { messageOf } from '../lib/errors.ts';
import { UsageError } from './command.ts';

/**
 * Reads a command's arguments strictly.
 *
 * @throws {@link UsageError} for an unknown option, a missing value, or operands where there should be none.
 */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  { allowPositionals = false }: { readonly allowPositionals?: boolean } = {},
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: boolean; strict: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** `--config FILE`, may be repeated; shared by all commands that read the configuration. */
export const CONFIG_OPTION = { config: { type: 'string', multiple: true, short: 'c' } } as const;

export const CONFIG_HELP = `  -c, --config FILE   Configuration in YAML, JSON or JSON5; may be repeated, later files win.
                      Environment variables CWA_BRIDGE_… win over files.`;
