import { CHANNELS, FAULT_KINDS, MALFORMATIONS, REFUSALS, type FaultSpec } from './faults.ts';
import { SimulatorOptionError } from './simulator-error.ts';

/** What may stand in a fault besides its kind, and how to say it. */
const FIELDS: Readonly<Record<Exclude<keyof FaultSpec, 'kind'>, FieldRule>> = {
  channel: { isGood: isOneOf(CHANNELS), wanted: oneOf(CHANNELS) },
  account: { isGood: (value) => typeof value === 'string' && /^sip:/i.test(value), wanted: 'a SIP URI with sip:' },
  count: { isGood: (value) => value === null || isWhole(value, 1, Infinity), wanted: 'a whole number from 1, or null' },
  probability: { isGood: (value) => isBetween(value, 0, 1), wanted: 'a number from 0 to 1' },
  delayMs: { isGood: (value) => isWhole(value, 0, 600_000), wanted: 'milliseconds from 0 to 600000' },
  status: { isGood: (value) => isWhole(value, 400, 599), wanted: 'an HTTP status from 400 to 599' },
  retryAfterSeconds: { isGood: (value) => isWhole(value, 0, 86_400), wanted: 'seconds from 0 to 86400' },
  form: { isGood: isOneOf(REFUSALS), wanted: oneOf(REFUSALS) },
  code: { isGood: (value) => value === null || isWhole(value, 0, 99_999), wanted: 'an error code, or null' },
  sip: { isGood: (value) => isWhole(value, 100, 699), wanted: 'a SIP code from 100 to 699' },
  attributes: { isGood: isAttributes, wanted: 'an object of attributes, each a text or null' },
  at: { isGood: (value) => isBetween(value, 0, 1), wanted: 'a number from 0 to 1' },
  by: { isGood: (value) => isWhole(value, 1, 1_000_000_000), wanted: 'a whole number from 1' },
  malformation: { isGood: isOneOf(MALFORMATIONS), wanted: oneOf(MALFORMATIONS) },
};

interface FieldRule {
  readonly isGood: (value: unknown) => boolean;
  readonly wanted: string;
}

/**
 * One fault or a list of faults from outside.
 *
 * @param where the name of the place, for messages.
 * @throws {@link SimulatorOptionError} for anything that is not a fault.
 */
export function readFaults(value: unknown, where: string): readonly FaultSpec[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => readFault(item, `${where}[${String(index)}]`));
  return [readFault(value, where)];
}

function readFault(value: unknown, where: string): FaultSpec {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(
      `${where} is not a fault: write an object such as {"kind": "cutLength", "count": 3}.`,
    );
  }
  const { kind, ...fields } = value as Record<string, unknown>;
  if (!isOneOf(FAULT_KINDS)(kind)) throw wrong(`${where}.kind`, kind, oneOf(FAULT_KINDS));
  for (const [name, field] of Object.entries(fields)) {
    const rule = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : null;
    if (rule === null)
      throw new SimulatorOptionError(`${where}.${name} is not known: use ${Object.keys(FIELDS).join(', ')}.`);
    if (!rule.isGood(field)) throw wrong(`${where}.${name}`, field, rule.wanted);
  }
  return value as FaultSpec;
}

function wrong(where: string, value: unknown, wanted: string): SimulatorOptionError {
  return new SimulatorOptionError(
    `${where} is ${value === undefined ? 'missing' : JSON.stringify(value)}: write ${wanted}.`,
  );
}

function isOneOf(names: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && names.includes(value);
}

function oneOf(names: readonly string[]): string {
  return `one of ${names.join(', ')}`;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && isBetween(value, least, most);
}

function isAttributes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => text === null || typeof text === 'string');
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
