import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/config/load.ts';
import { SCHEMA } from '../../../src/config/schema.ts';
import { settingsOf } from '../../../src/config/setting.ts';
import type { Section } from '../../../src/config/setting.ts';
import { configurationFrom, fileOf, minimal, problemsOf, validConfiguration } from './builders.ts';

const EXAMPLES = new URL('../../../config/', import.meta.url);

describe('the example files', () => {
  test.each(readdirSync(EXAMPLES))('%s is valid', async (name) => {
    await expect(validConfiguration([new URL(name, EXAMPLES).pathname])).resolves.toBeDefined();
  });

  test('bridge.example.yaml has every key, with its default where there is one', () => {
    const example = parse(readFileSync(new URL('bridge.example.yaml', EXAMPLES), 'utf8')) as unknown;
    expectComplete(example, SCHEMA);
  });

  function expectComplete(values: unknown, section: Section): void {
    for (const [path, setting] of settingsOf(section)) {
      let value = values;
      for (const key of path.split('.')) {
        expect(Object.keys(value as object), path).toContain(key);
        value = (value as Record<string, unknown>)[key];
      }
      const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
      if (setting.children !== undefined && items.length > 0) expectComplete(items[0], setting.children);
      else if (setting.default !== null && items.length === 0) expect(value, path).toEqual(setting.default);
    }
  }
});

describe('where values come from', () => {
  test('defaults fill what nobody set', async () => {
    const configuration = await configurationFrom(minimal());
    expect(configuration.installation).toBe('cwa-bridge');
    expect(configuration.session).toMatchObject({ pollWaitMinMs: 250, pollWaitMaxMs: 15_000 });
    expect(configuration.kafka.topics.names).toMatchObject({ presence: 'cwa.presence', progress: 'cwa.progress' });
  });

  test('a later file wins, key by key, and its lists replace those of an earlier one', async () => {
    const first = await fileOf(JSON.stringify({ ...minimal(), http: { host: '127.0.0.1', port: 1 } }), 'a.json');
    const second = await fileOf('http:\n  port: 2\nkafka:\n  brokers: [other:9093]\n', 'b.yaml');
    const configuration = await validConfiguration([first, second]);
    expect(configuration.http).toEqual({ host: '127.0.0.1', port: 2 });
    expect(configuration.kafka.brokers).toEqual(['other:9093']);
  });

  test('JSON5 files may have comments', async () => {
    const file = await fileOf(`// mine\n${JSON.stringify(minimal())}`, 'a.json5');
    await expect(validConfiguration([file])).resolves.toBeDefined();
  });

  test('the environment wins over every file', async () => {
    const configuration = await configurationFrom(
      { ...minimal(), http: { port: 1 } },
      {
        CWA_BRIDGE_HTTP_PORT: '2',
        CWA_BRIDGE_KAFKA_BROKERS: 'a:9092, b:9092',
        CWA_BRIDGE_KAFKA_SSL_ENABLED: 'true',
        CWA_BRIDGE_SESSION_USER_STATE_AVAILABILITY: '6500',
        CWA_BRIDGE_KAFKA_TOPICS_NAMES_PRESENCE: 'people',
      },
    );
    expect(configuration.http.port).toBe(2);
    expect(configuration.kafka.brokers).toEqual(['a:9092', 'b:9092']);
    expect(configuration.kafka.ssl.enabled).toBe(true);
    expect(configuration.session.userStateAvailability).toBe(6500);
    expect(configuration.kafka.topics.names).toMatchObject({ presence: 'people', unknown: 'cwa.unknown' });
  });

  test('the environment alone can hold a whole configuration', async () => {
    const { sites, accounts } = minimal();
    const configuration = await validConfiguration([], {
      CWA_BRIDGE_SITES: JSON.stringify(sites),
      CWA_BRIDGE_ACCOUNTS: JSON.stringify(accounts),
      CWA_BRIDGE_KAFKA_BROKERS: 'a:9092',
    });
    expect(configuration.accounts.map(({ id }) => id)).toEqual(['watcher']);
  });

  test('variables that Kubernetes makes for services are not ours', async () => {
    const env = {
      CWA_BRIDGE_PORT: 'tcp://10.0.0.1:9464',
      CWA_BRIDGE_SERVICE_HOST: '10.0.0.1',
      CWA_BRIDGE_SERVICE_PORT_METRICS: '9464',
      CWA_BRIDGE_PORT_9464_TCP_ADDR: '10.0.0.1',
      CWA_BRIDGE_HTTP_PORT: 'tcp://10.0.0.1:9464',
    };
    expect((await configurationFrom(minimal(), env)).http.port).toBe(9464);
  });

  test('a key without a value is a key that is not set', async () => {
    expect((await configurationFrom({ ...minimal(), http: null, log: { level: null } })).log.level).toBe('info');
  });
});

describe('the configuration', () => {
  test('is frozen in all its depth', async () => {
    const configuration = await configurationFrom(minimal());
    const parts = [configuration, configuration.accounts, configuration.accounts[0], configuration.kafka.topics.names];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  test('has addresses without a slash at the end, and SIP URIs in one form', async () => {
    const values = minimal();
    values.sites[0] = { name: 'main', baseUrl: 'https://im.example.com/' };
    values.accounts[0] = {
      ...values.accounts[0],
      uri: 'SIP:Svc@Example.com',
      watch: { users: ['Anna@example.com', ' sip:anna@EXAMPLE.com ', 'sip:ben@example.com'] },
    };
    const configuration = await configurationFrom(values);
    expect(configuration.sites[0]?.baseUrl).toBe('https://im.example.com');
    expect(configuration.accounts[0]?.uri).toBe('sip:svc@example.com');
    expect(configuration.accounts[0]?.watch.users).toEqual(['sip:anna@example.com', 'sip:ben@example.com']);
  });

  test('joins the users of the list and of the file', async () => {
    const values = minimal();
    const file = await fileOf(
      '# team\nsip:ben@example.com # boss\n\n  carla@example.com\r\nsip:anna@example.com\n',
      'watch',
    );
    values.accounts[0] = { ...values.accounts[0], watch: { users: ['sip:anna@example.com'], file } };
    expect((await configurationFrom(values)).accounts[0]?.watch.users).toEqual([
      'sip:anna@example.com',
      'sip:ben@example.com',
      'sip:carla@example.com',
    ]);
  });
});

describe('loading', () => {
  test.each([
    ['missing.yaml', null, 'cannot be read'],
    ['broken.yaml', 'a: [1', 'cannot be read'],
    ['twice.yaml', 'http: {port: 1}\nhttp: {port: 2}\n', 'a key that stands there already'],
    ['tab.yaml', 'sites:\n\t- name: hq\n', 'a tab before a key'],
    ['quotes.yaml', 'user: "EXAMPLE\\svc"\n', 'a backslash in double quotes'],
    ['broken.json', '{', 'cannot be read'],
    ['list.yaml', '- 1\n', 'holds no mapping'],
  ])('names the file that it cannot take, and does not miss what may be in it: %s', async (name, content, message) => {
    const file = content === null ? `/nowhere/${name}` : await fileOf(content, name);
    const { problems } = await loadConfiguration({ files: [file], env: {} });
    expect(problems).toEqual([expect.objectContaining({ path: file, message: expect.stringContaining(message) })]);
  });

  test('for Kafka alone does not need the files of accounts, keys and watch lists', async () => {
    const { accounts, kafka, ...rest } = minimal();
    const away = { passwordFile: '/nowhere/password', password: null, watch: { file: '/nowhere/users.txt' } };
    const sealing = { keys: [{ id: 'k', keyFile: '/nowhere/key' }] };
    const values = { ...rest, sealing, accounts: [{ ...accounts[0], ...away }] };
    const load = async (ssl: unknown, uses: 'everything' | 'kafka') => {
      const file = await fileOf(JSON.stringify({ ...values, kafka: { ...kafka, ssl } }), 'values.json');
      return loadConfiguration({ files: [file], env: {}, uses });
    };
    const { configuration } = await load({}, 'kafka');
    expect(configuration?.accounts).toMatchObject([{ id: 'watcher', watch: { users: [] } }]);
    expect((await load({}, 'everything')).problems).toHaveLength(3);
    const { problems } = await load({ enabled: true, caFile: '/nowhere/ca.pem' }, 'kafka');
    expect(new Set(problems.map(({ path }) => path))).toEqual(new Set(['kafka.ssl.caFile']));
  });

  test('asks for all that is required when there is nothing at all', async () => {
    const { problems } = await loadConfiguration({ files: [], env: {} });
    expect(problems.map(({ path }) => path)).toEqual(['sites', 'accounts', 'kafka.brokers']);
  });

  test('takes any value at any place for a problem or for a configuration, and never throws', async () => {
    const paths = [...settingsOf(SCHEMA)].flatMap(([path]) => path.split('.').map((_, n, all) => all.slice(0, n + 1)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), async (path, value) => {
        const values: Record<string, unknown> = minimal();
        setAt(values, path, value);
        const problems = await problemsOf(values);
        for (const problem of problems) expect(problem.path).not.toBe('');
      }),
      { numRuns: 200 },
    );
  });

  function setAt(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
    const [key = '', ...rest] = path;
    if (rest.length === 0) {
      values[key] = value;
      return;
    }
    const inner = { ...(values[key] as Record<string, unknown> | undefined) };
    setAt(inner, rest, value);
    values[key] = inner;
  }
});
