import convict from 'convict';
import json5 from 'json5';
import { codePointName, findForbiddenCharacter } from '../lib/xml-characters.ts';
import type { Setting } from './setting.ts';

/** How a value is wrong: what it is, and what to write instead. Thrown by formats, collected by the validation. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

interface Format {
  readonly name: Setting['format'];
  /** Makes the value of a text, for the environment; a text it cannot read is left as it is for `validate`. */
  coerce?(text: string): unknown;
  /** @throws {@link FormatError} */
  validate(value: unknown, setting: Setting): void;
}

const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const BROKER = /^(\[[0-9A-Fa-f:]+\]|[^\s:/,]+):([0-9]{1,5})$/;

const FORMATS: readonly Format[] = [
  { name: 'text', validate: validateText },
  { name: 'path', validate: validateText },
  {
    name: 'identifier',
    validate: matching(IDENTIFIER, 'at most 64 letters, digits, ".", "_" and "-", a letter or digit first'),
  },
  { name: 'topic', validate: matching(TOPIC, 'at most 249 letters, digits, ".", "_" and "-"') },
  {
    name: 'topicPrefix',
    validate: matching(/^[A-Za-z0-9._-]{0,200}$/, 'at most 200 letters, digits, ".", "_" and "-", or nothing'),
  },
  { name: 'url', validate: validateUrl },
  { name: 'flag', coerce: flagOf, validate: validateFlag },
  { name: 'count', coerce: numberOf, validate: validateNumber },
  { name: 'port', coerce: numberOf, validate: validateNumber },
  { name: 'milliseconds', coerce: numberOf, validate: validateNumber },
  { name: 'bytes', coerce: numberOf, validate: validateNumber },
  { name: 'texts', coerce: textsOf, validate: validateTexts },
  { name: 'brokers', coerce: textsOf, validate: validateBrokers },
  { name: 'choice', coerce: numberOf, validate: validateChoice },
  { name: 'list', coerce: listOf, validate: validateList },
];

/** Makes the formats known to convict, which keeps them in one table per process. */
export function registerFormats(): void {
  for (const format of FORMATS) convict.addFormat(format);
}

/** What is wrong with the value, or null. The same functions that convict calls, one setting at a time. */
export function formatErrorOf(value: unknown, setting: Setting): FormatError | null {
  if (value === null && setting.nullable === true) return null;
  const format = FORMATS.find(({ name }) => name === setting.format);
  try {
    format?.validate(value, setting);
    return null;
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function validateText(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new FormatError('is not text', 'text, in quotes if it looks like a number');
  if (value.trim() === '') throw new FormatError('is empty', 'a text, or leave the key out');
  const forbidden = findForbiddenCharacter(value);
  if (forbidden === null) return;
  throw new FormatError(
    `has a character that XML cannot carry (${codePointName(forbidden.codePoint)} at position ${forbidden.index + 1})`,
    'it without',
  );
}

function matching(pattern: RegExp, remedy: string): (value: unknown) => void {
  return (value) => {
    if (typeof value !== 'string') throw new FormatError('is not text', remedy);
    if (!pattern.test(value)) throw new FormatError('has characters or a length that are not allowed', remedy);
  };
}

function validateUrl(value: unknown): void {
  const remedy = 'an address such as https://im.example.com';
  validateText(value);
  if (!URL.canParse(value)) throw new FormatError('is not an address', remedy);
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new FormatError('is neither http nor https', remedy);
  if (url.username !== '' || url.password !== '') {
    throw new FormatError(
      'carries credentials, which would stand in logs',
      `${remedy}; user and password have settings of their own`,
    );
  }
  if (url.search !== '' || url.hash !== '') throw new FormatError('has a query or a fragment', remedy);
}

function validateFlag(value: unknown): void {
  if (typeof value !== 'boolean') throw new FormatError('is neither true nor false', 'true or false, without quotes');
}

function validateNumber(value: unknown, setting: Setting): void {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = setting;
  const remedy =
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new FormatError('is not a whole number', remedy);
  if (value < min) throw new FormatError('is too small', remedy);
  if (value > max) throw new FormatError('is too large', remedy);
}

function validateTexts(value: unknown): asserts value is readonly string[] {
  if (!Array.isArray(value)) throw new FormatError('is not a list', 'a list of texts');
  for (const item of value) validateText(item);
}

function validateBrokers(value: unknown): void {
  const remedy = 'a list of host:port, such as [kafka-1:9092, kafka-2:9092]';
  validateTexts(value);
  if (value.length === 0) throw new FormatError('is empty', remedy);
  for (const broker of value) {
    const port = Number(BROKER.exec(broker)?.[2] ?? 0);
    if (port < 1 || port > 65_535) throw new FormatError(`names "${broker}", which is not host:port`, remedy);
  }
}

function validateChoice(value: unknown, setting: Setting): void {
  const choices = setting.choices ?? [];
  if (choices.some((choice) => choice === value)) return;
  throw new FormatError('is not one of the allowed values', `one of: ${choices.join(', ')}`);
}

/** Only that it is a list of mappings: the items have a schema of their own. */
function validateList(value: unknown): void {
  const remedy = 'a list of mappings, each item with "- "; in the environment a JSON5 array';
  if (!Array.isArray(value)) throw new FormatError('is not a list', remedy);
}

function flagOf(text: string): unknown {
  if (/^(true|yes|1)$/i.test(text)) return true;
  if (/^(false|no|0)$/i.test(text)) return false;
  return text;
}

function numberOf(text: string): unknown {
  return /^-?[0-9]+$/.test(text.trim()) ? Number(text) : text;
}

function textsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function listOf(text: string): unknown {
  try {
    return json5.parse<unknown>(text);
  } catch {
    return text;
  }
}
