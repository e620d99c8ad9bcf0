import { unreachable } from '../lib/assert.ts';
import { readFaults } from './fault-reader.ts';
import { OPTION_TABLE, type OptionRule, type TableOption } from './option-table.ts';
import type { SimulatedAccount, SimulatorOptions } from './options.ts';
import { SimulatorOptionError } from './simulator-error.ts';

/** Whether this is the name of an option of the table. */
export function isTableOption(name: string): name is TableOption {
  return Object.hasOwn(OPTION_TABLE, name);
}

/**
 * The options in a configuration file's contents.
 *
 * @param where the file's name, for messages.
 * @throws {@link SimulatorOptionError} for anything that is not an option.
 */
export function readOptions(value: unknown, where: string): SimulatorOptions {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new SimulatorOptionError(`${where} does not hold options: write a mapping such as "port: 8080".`);
  }
  const options: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const place = `${where}: ${name}`;
    if (name === 'accounts') options[name] = readAccounts(item, place);
    else if (name === 'faults') options[name] = readFaults(item, place);
    else if (isTableOption(name)) options[name] = readOption(name, item, place);
    else throw new SimulatorOptionError(`${place} is not an option: see cwa-simulator --help for their names.`);
  }
  return options;
}

/**
 * One option of the table, from a file or from the command line, where everything is text.
 *
 * @throws {@link SimulatorOptionError} if the option does not take the value.
 */
export function readOption(name: TableOption, value: unknown, where: string): unknown {
  const { kind } = OPTION_TABLE[name];
  const read = readKind(kind, value);
  if (read === undefined) {
    throw new SimulatorOptionError(`${where} is ${JSON.stringify(value)}: write ${wantedOf(kind)}.`);
  }
  return read;
}

/** In words, what an option takes. */
export function wantedOf(kind: OptionRule['kind']): string {
  switch (kind.type) {
    case 'text':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'choice':
      return kind.of.join(' or ');
    case 'whole':
      return `a whole number ${range(kind)}`;
    case 'number':
      return `a number ${range(kind)}`;
    case 'users':
      return 'a whole number from 0 to 1000000, or SIP URIs with sip:';
    default:
      return unreachable(kind);
  }
}

function range({ least, most }: { readonly least: number; readonly most: number }): string {
  return most === Infinity ? `from ${String(least)}, or unlimited` : `from ${String(least)} to ${String(most)}`;
}

function readKind(kind: OptionRule['kind'], value: unknown): unknown {
  switch (kind.type) {
    case 'text':
      return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return value === 'true' ? true : value === 'false' ? false : undefined;
    case 'choice':
      return kind.of.find((item) => item === String(value));
    case 'whole':
    case 'number':
      return readNumber(value, kind.least, kind.most, kind.type === 'whole');
    case 'users':
      return readNumber(value, 0, 1_000_000, true) ?? readUris(value);
    default:
      return unreachable(kind);
  }
}

function readNumber(value: unknown, least: number, most: number, isWhole: boolean): number | undefined {
  if (value === 'unlimited') return most === Infinity ? Infinity : undefined;
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  if (isWhole && !Number.isInteger(number)) return undefined;
  return number >= least && number <= most ? number : undefined;
}

function readUris(value: unknown): readonly string[] | undefined {
  const items: unknown = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(items)) return undefined;
  return items.every((item): item is string => typeof item === 'string' && isSipUri(item)) ? items : undefined;
}

function isSipUri(text: string): boolean {
  return /^sip:[^\s@]+@[^\s@]+$/i.test(text);
}

function readAccounts(value: unknown, where: string): readonly SimulatedAccount[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new SimulatorOptionError(`${where} is not a list of accounts: write at least one {user, password, uri}.`);
  }
  return value.map((item: unknown, index) => readAccount(item, `${where}[${String(index)}]`));
}

function readAccount(value: unknown, where: string): SimulatedAccount {
  const { user, password, uri } = (value ?? {}) as Record<string, unknown>;
  if (typeof user !== 'string' || user === '') throw missing(where, 'user', 'DOMAIN\\user or user@domain');
  if (typeof password !== 'string') throw missing(where, 'password', 'a text');
  if (typeof uri !== 'string' || !isSipUri(uri)) throw missing(where, 'uri', 'a SIP URI with sip:');
  return { user, password, uri };
}

function missing(where: string, name: string, wanted: string): SimulatorOptionError {
  return new SimulatorOptionError(`${where}.${name} is missing or wrong: write ${wanted}.`);
}
