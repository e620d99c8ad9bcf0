import { formatOpenFile, openSecretFiles } from '../config/file-rights.ts';
import { printConfiguration } from '../config/print.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { configurationFor } from './configuration.ts';

export const check: Command = {
  name: 'check',
  summary: 'validates the configuration, offline',
  help: `Usage: cwa-bridge check [--config FILE]… [--print]

Validates the configuration without touching the network, and says every problem with its path and what to write
instead. Warns of secret files that others than their owner may read.

${CONFIG_HELP}
      --print         Print the effective configuration as YAML, secrets masked.

Exit status: 0 valid, 2 not.
`,
  async run(args, io) {
    const { values } = readArguments(args, { ...CONFIG_OPTION, print: { type: 'boolean' } });
    const configuration = await configurationFor(values.config ?? [], io);
    if (configuration === null) return 2;
    for (const file of await openSecretFiles(configuration)) io.stderr.write(`Warning: ${formatOpenFile(file)}\n`);
    if (values.print === true) io.stdout.write(printConfiguration(configuration));
    else io.stderr.write('The configuration is valid.\n');
    return 0;
  },
};
