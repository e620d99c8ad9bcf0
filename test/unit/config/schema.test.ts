import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_PREFIX, environmentNameOf, environmentOf } from '../../../src/config/environment.ts';
import { formatErrorOf } from '../../../src/config/formats.ts';
import { SCHEMA } from '../../../src/config/schema.ts';
import { settingsOf } from '../../../src/config/setting.ts';
import type { Section, Setting } from '../../../src/config/setting.ts';
import { suggest } from '../../../src/config/suggestion.ts';

/** Every setting, those of list items included. */
function* allSettings(section: Section, prefix = ''): Generator<readonly [path: string, setting: Setting]> {
  for (const [path, setting] of settingsOf(section, prefix)) {
    yield [path, setting];
    if (setting.children !== undefined) yield* allSettings(setting.children, `${path}[]`);
  }
}

const ALL = [...allSettings(SCHEMA)];

describe('the schema', () => {
  test.each(ALL)('says what %s means', (_path, { doc }) => {
    expect(doc).toMatch(/^[A-Z0-9].*\.$/);
  });

  test.each(ALL)(
    'has a default for %s that is valid, or says that it is required or may be missing',
    (_path, setting) => {
      if (setting.default === null) expect(setting.required === true || setting.nullable === true).toBe(true);
      else if (setting.required !== true) expect(formatErrorOf(setting.default, setting)).toBeNull();
    },
  );

  test.each(ALL)('hides %s if it is a secret', (path, { sensitive }) => {
    expect(sensitive === true).toBe(/(password|passphrase|\.key)$/i.test(path));
  });

  test('offers a file beside every secret', () => {
    const paths = ALL.map(([path]) => path);
    for (const [path, { sensitive }] of ALL) if (sensitive === true) expect(paths).toContain(`${path}File`);
  });

  test('gives every setting an environment variable of its own', () => {
    const settings = [...settingsOf(SCHEMA)];
    expect(environmentOf(SCHEMA).size).toBe(settings.length);
    expect(environmentNameOf('kafka.requestTimeoutMs')).toBe('CWA_BRIDGE_KAFKA_REQUEST_TIMEOUT_MS');
    for (const name of environmentOf(SCHEMA).keys()) expect(name.startsWith(ENVIRONMENT_PREFIX)).toBe(true);
  });
});

describe('a suggestion', () => {
  test.each([
    ['prot', ['port', 'host'], 'port'],
    ['HOST', ['port', 'host'], 'host'],
    ['pollWaitMin', ['pollWaitMinMs', 'pollWaitMaxMs'], 'pollWaitMinMs'],
    ['zebra', ['port', 'host'], null],
    ['x', [], null],
  ])('for %s among %j is %s', (name, known, expected) => {
    expect(suggest(name, known)).toBe(expected);
  });
});
