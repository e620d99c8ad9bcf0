import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

import { messageOf } from '../lib/errors.ts';
import { isTableOption, readOption, readOptions, wantedOf } from './option-reader.ts';
import { OPTION_TABLE, type TableOption } from './option-table.ts';
import { DEFAULTS, type SimulatorOptions } from './options.ts';
import { SimulatorOptionError } from './simulator-error.ts';

/** What the command line asks for. */
export type CommandLine =
  | { readonly wants: 'help' }
  | { readonly wants: 'run'; readonly files: readonly string[]; readonly options: SimulatorOptions };

/**
 * Reads the arguments: `--name value` or `--name=value`; a switch may stand without a value.
 *
 * @throws {@link SimulatorOptionError} for anything that is not an option.
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const files: string[] = [];
  const options: Record<string, unknown> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return { wants: 'help' };
    const [flag, inline] = splitOnce(arg);
    const name = flag === '--config' ? 'config' : camelCase(flag);
    const isSwitch = isTableOption(name) && OPTION_TABLE[name].kind.type === 'boolean';
    const value = inline ?? (isSwitch ? switchValue(rest) : rest.shift());
    if (name !== 'config' && !isTableOption(name)) throw unknownArgument(arg);
    if (value === undefined) throw new SimulatorOptionError(`${flag} has no value: write ${flag} VALUE.`);
    if (name === 'config') files.push(value);
    else options[name] = readOption(name, value, flag);
  }
  return { wants: 'run', files, options };
}

/**
 * The options of configuration files (YAML or JSON), later ones winning.
 *
 * @throws {@link SimulatorOptionError} if a file cannot be read or holds something else.
 */
export async function readOptionFiles(files: readonly string[]): Promise<SimulatorOptions> {
  let options: SimulatorOptions = {};
  for (const file of files) options = { ...options, ...readOptions(await readDocument(file), file) };
  return options;
}

/** The help text. */
export function helpText(): string {
  const names = Object.keys(OPTION_TABLE) as TableOption[];
  const lines = names.map((name) => {
    const { about, kind } = OPTION_TABLE[name];
    const wanted = kind.type === 'choice' ? ` (${wantedOf(kind)})` : '';
    return `  ${flagOf(name).padEnd(28)}${about}${wanted}; default ${defaultOf(name)}`;
  });
  return [
    'cwa-simulator: a Communicator Web Access server for tests, demonstrations and trials.',
    '',
    'Usage: cwa-simulator [--config FILE]… [OPTION VALUE]…',
    '',
    '  --config FILE               YAML or JSON with the options below by their camelCase names, and with the lists',
    '                              accounts [{user, password, uri}] and faults; may be repeated',
    ...lines,
    '',
    'It prints its URL and runs until SIGINT or SIGTERM. Ledger, counts and faults are below URL/_simulator/.',
    'Exit status: 0 ended, 1 failed, 2 wrong options.',
    '',
  ].join('\n');
}

async function readDocument(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new SimulatorOptionError(`--config ${file} cannot be read: ${messageOf(error)}`);
  }
}

function switchValue(rest: string[]): string {
  return rest[0] === 'true' || rest[0] === 'false' ? (rest.shift() ?? 'true') : 'true';
}

function splitOnce(arg: string): readonly [string, string?] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

function camelCase(flag: string): string {
  if (!flag.startsWith('--')) return '';
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function flagOf(name: TableOption): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function defaultOf(name: TableOption): string {
  const value = DEFAULTS[name];
  if (value === Infinity) return 'unlimited';
  return value === null ? 'none' : String(value);
}

function unknownArgument(arg: string): SimulatorOptionError {
  return new SimulatorOptionError(`${arg} is not an option: see cwa-simulator --help.`);
}
