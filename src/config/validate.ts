import convict from 'convict';
import { environmentNameOf } from './environment.ts';
import { isMapping } from './files.ts';
import type { Mapping } from './files.ts';
import { formatErrorOf, registerFormats } from './formats.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import { isSetting, settingsOf } from './setting.ts';
import type { Section, Setting } from './setting.ts';
import { suggest } from './suggestion.ts';

/** Where values come from, to be named beside a problem. */
export interface ValidationContext {
  /** `CWA_BRIDGE_…` variables; they win over `values`. Empty inside lists. */
  readonly env: Readonly<Record<string, string>>;
  readonly sources: ReadonlyMap<string, string>;
  /** What paths begin with: empty, or `accounts[0]`. */
  readonly prefix: string;
}

export interface Validated {
  /** Every setting of the section, defaults filled in; the default also where the value is wrong. */
  readonly values: Mapping;
  readonly problems: readonly Problem[];
}

/**
 * Holds values to a section of the schema and lists everything that is wrong.
 *
 * convict reads the values, the defaults and the environment. Its own `validate` gives one text for all problems and
 * names neither files nor remedies, so each setting is held to its format here, by the function that convict has, and
 * `validate` only confirms that nothing was overlooked.
 */
export function validateSection(section: Section, input: Mapping, context: ValidationContext): Validated {
  registerFormats();
  const problems: Problem[] = [];
  const known = keepKnown(section, input, context.prefix, context.sources, problems);
  const config = convict<Mapping>(withEnvironmentNames(section), {
    env: context.env,
    args: [],
  });
  config.load(known);

  const values = config.getProperties();
  for (const [path, setting] of settingsOf(section)) {
    const source = sourceOf(path, context);
    const full = joined(context.prefix, path);
    const value = valueAt(values, path);
    const problem = problemOf(value, setting, full, source);
    if (problem !== null) {
      problems.push(problem);
      setValueAt(values, path, setting.default);
    } else if (setting.children !== undefined) {
      setValueAt(values, path, validateItems(value as readonly unknown[], setting.children, full, source, problems));
    }
  }
  if (problems.length === 0) config.validate({ allowed: 'strict' });
  return { values, problems };
}

function validateItems(
  items: readonly unknown[],
  children: Section,
  path: string,
  source: string | null,
  problems: Problem[],
): readonly Mapping[] {
  return items.map((item, index) => {
    const prefix = `${path}[${index}]`;
    if (!isMapping(item)) {
      const remedy = `a mapping with the keys ${Object.keys(children).join(', ')}`;
      problems.push({ path: prefix, message: 'is not a mapping', remedy, value: null, source });
    }
    const sources = new Map(source === null ? [] : [['', source]]);
    const validated = validateSection(children, isMapping(item) ? item : {}, { env: {}, sources, prefix });
    if (isMapping(item)) problems.push(...validated.problems);
    return validated.values;
  });
}

/** The input without what the schema does not know; each such key is a problem. */
function keepKnown(
  section: Section,
  input: Mapping,
  prefix: string,
  sources: ReadonlyMap<string, string>,
  problems: Problem[],
  inner = '',
): Mapping {
  const known: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    const path = joined(inner, key);
    const at = { path: joined(prefix, path), source: sources.get(path) ?? sources.get('') ?? null };
    const node = Object.hasOwn(section, key) ? section[key] : undefined;
    if (node === undefined) {
      const meant = suggest(key, Object.keys(section));
      const remedy = meant === null ? `one of: ${Object.keys(section).join(', ')}` : `"${meant}", if that was meant`;
      problems.push({ ...at, message: 'is no known key', remedy, value: null });
    } else if (value === null || value === undefined) {
      // A key without a value is a key that is not set.
    } else if (isSetting(node) && isMapping(value)) {
      problems.push({
        ...at,
        message: 'is a value, not a group of settings',
        remedy: `one value: ${lowerFirst(node.doc)}`,
        value: null,
      });
    } else if (isSetting(node)) {
      known[key] = value;
    } else if (isMapping(value)) {
      known[key] = keepKnown(node, value, prefix, sources, problems, path);
    } else {
      const remedy = `keys below it: ${Object.keys(node).join(', ')}`;
      problems.push({ ...at, message: 'is a group of settings, not a value', remedy, value: null });
    }
  }
  return known;
}

function problemOf(value: unknown, setting: Setting, path: string, source: string | null): Problem | null {
  const isMissing = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (setting.required === true && isMissing) {
    return { path, message: 'is required', remedy: lowerFirst(setting.doc), value: null, source: null };
  }
  const error = formatErrorOf(value, setting);
  if (error === null) return null;
  const text = mayShow(setting) ? shown(value) : null;
  return { path, message: error.message, remedy: error.remedy, value: text, source };
}

/** An address may carry credentials, and a list that could not be read may carry anything. */
function mayShow({ sensitive, format }: Setting): boolean {
  return sensitive !== true && format !== 'url' && format !== 'list';
}

function sourceOf(path: string, context: ValidationContext): string | null {
  const name = environmentNameOf(path);
  if (context.env[name] !== undefined) return name;
  return context.sources.get(path) ?? context.sources.get('') ?? null;
}

/** The section as convict takes it. Items of lists have no variables: their list is one. */
function withEnvironmentNames(section: Section, prefix = ''): Section {
  const named: Record<string, Setting | Section> = {};
  for (const [key, node] of Object.entries(section)) {
    const path = joined(prefix, key);
    named[key] = isSetting(node)
      ? ({ ...node, env: environmentNameOf(path) } as Setting)
      : withEnvironmentNames(node, path);
  }
  return named;
}

function valueAt(values: Mapping, path: string): unknown {
  let value: unknown = values;
  for (const key of path.split('.')) value = isMapping(value) ? value[key] : undefined;
  return value;
}

function setValueAt(values: Mapping, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.length === 0 ? values : valueAt(values, keys.join('.'));
  (parent as Record<string, unknown>)[last] = value;
}

function joined(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
