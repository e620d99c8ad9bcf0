import type { FormatTypes } from './format-types.ts';

/**
 * One setting, as convict reads it. Everything that is known about a setting stands here and nowhere else:
 * validation, `docs/configuration.md`, the environment names and the TypeScript types are derived from it.
 */
export interface Setting {
  /** Meaning in one or two sentences, for the reference page. */
  readonly doc: string;
  readonly format: keyof FormatTypes | 'choice' | 'list';
  /** Null for a setting that has none: it is then either `required` or `nullable`. */
  readonly default: unknown;
  /** True if the configuration is invalid without it. */
  readonly required?: true;
  /** True if null ("not set") is a value of its own. */
  readonly nullable?: true;
  /** True if the value must never be shown. */
  readonly sensitive?: true;
  /** For numbers: the allowed range, both ends included. */
  readonly min?: number;
  readonly max?: number;
  /** For `choice`: every allowed value. */
  readonly choices?: readonly (string | number)[];
  /** For `list`: the settings of one item. */
  readonly children?: Section;
}

/** A group of settings; groups nest. */
export interface Section {
  readonly [key: string]: Setting | Section;
}

/**
 * The TypeScript type of a section's values. `Missing` is what a required setting may also be: nothing in a valid
 * configuration, null in one that is still being checked.
 */
export type ValuesOf<S, Missing = never> = {
  readonly [K in keyof S]: S[K] extends Setting ? ValueOf<S[K], Missing> : ValuesOf<S[K], Missing>;
};

type ValueOf<S extends Setting, Missing> =
  | PlainValueOf<S, Missing>
  | (S extends { readonly nullable: true } ? null : never)
  | (S extends { readonly required: true; readonly default: null } ? Missing : never);

type PlainValueOf<S extends Setting, Missing> = S extends { readonly choices: readonly (infer C)[] }
  ? C
  : S extends { readonly children: infer Item }
    ? readonly ValuesOf<Item, Missing>[]
    : S['format'] extends keyof FormatTypes
      ? FormatTypes[S['format']]
      : never;

/** Tells a setting from a group of settings: only a setting has a default. */
export function isSetting(node: Setting | Section): node is Setting {
  return 'default' in node && 'format' in node;
}

/** Every setting of a section with its dotted path, in the order of the schema. Items of lists are not entered. */
export function* settingsOf(section: Section, prefix = ''): Generator<readonly [path: string, setting: Setting]> {
  for (const [key, node] of Object.entries(section)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isSetting(node)) yield [path, node];
    else yield* settingsOf(node, path);
  }
}
