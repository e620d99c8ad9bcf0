import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { fileOf, minimal, problemsOf } from './builders.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** A valid configuration with other settings for its one account, site, or Kafka. */
function withAccount(account: Record<string, unknown>): unknown {
  const values = minimal();
  return { ...values, accounts: [{ ...values.accounts[0], ...account }] };
}

function withSite(site: Record<string, unknown>): unknown {
  const values = minimal();
  return { ...values, sites: [{ ...values.sites[0], ...site }] };
}

/** A site that signs in integrated with Windows, and its one account. */
function withSignIn(mechanism: string, account: Record<string, unknown>): unknown {
  const values = minimal();
  const sites = [{ ...values.sites[0], signIn: 'iwa', iwa: { mechanism } }];
  return { ...values, sites, accounts: [{ ...values.accounts[0], ...account }] };
}

function withKafka(kafka: Record<string, unknown>): unknown {
  const values = minimal();
  return { ...values, kafka: { ...values.kafka, ...kafka } };
}

describe('a problem', () => {
  test.each<[title: string, values: unknown, path: string, message: string, remedy: string]>([
    ['a misspelt group', { ...minimal(), sesion: {} }, 'sesion', 'is no known key', '"session"'],
    ['a misspelt key', { ...minimal(), http: { prot: 1 } }, 'http.prot', 'is no known key', '"port"'],
    ['a key like nothing', { ...minimal(), zzzzzz: 1 }, 'zzzzzz', 'is no known key', 'one of: installation'],
    ['a key in an item', withAccount({ usr: 'x' }), 'accounts[0].usr', 'is no known key', '"user"'],
    ['a value for a group', { ...minimal(), http: 9464 }, 'http', 'is a group of settings', 'host, port'],
    [
      'a group for a value',
      { ...minimal(), http: { port: { a: 1 } } },
      'http.port',
      'is a value, not a group',
      'one value',
    ],
    ['an item that is text', { ...minimal(), sites: ['main'] }, 'sites[0]', 'is not a mapping', 'name, baseUrl'],
    ['a list that is text', { ...minimal(), sites: 'main' }, 'sites', 'is not a list', 'a list of mappings'],
    [
      'text for a number',
      { ...minimal(), http: { port: '12abc' } },
      'http.port',
      'is not a whole number',
      '0 to 65535',
    ],
    ['a broken number', { ...minimal(), http: { port: 1.5 } }, 'http.port', 'is not a whole number', '0 to 65535'],
    ['a small number', withKafka({ shards: 0 }), 'kafka.shards', 'is too small', '1 to 1000'],
    ['a large number', withKafka({ shards: 1001 }), 'kafka.shards', 'is too large', '1 to 1000'],
    [
      'text for a flag',
      withKafka({ ssl: { enabled: 'maybe' } }),
      'kafka.ssl.enabled',
      'neither true nor false',
      'true or false',
    ],
    [
      'an unknown choice',
      { ...minimal(), log: { level: 'loud' } },
      'log.level',
      'not one of the allowed',
      'fatal, error, warn',
    ],
    ['a broker without port', withKafka({ brokers: ['kafka'] }), 'kafka.brokers', 'names "kafka"', 'host:port'],
    ['a broker with a bad port', withKafka({ brokers: ['kafka:0'] }), 'kafka.brokers', 'names "kafka:0"', 'host:port'],
    ['an empty name', withAccount({ user: ' ' }), 'accounts[0].user', 'is empty', 'a text'],
    ['a number for a name', withAccount({ password: 12345 }), 'accounts[0].password', 'is not text', 'quotes'],
    ['an id with a slash', withAccount({ id: 'a/b' }), 'accounts[0].id', 'characters or a length', 'letters, digits'],
    [
      'an id that is too long',
      withAccount({ id: 'a'.repeat(65) }),
      'accounts[0].id',
      'characters or a length',
      'at most 64',
    ],
    ['a site nobody knows', withAccount({ site: 'mian' }), 'accounts[0].site', 'names no site', '"main"'],
    ['no URI', withAccount({ uri: 'svc' }), 'accounts[0].uri', 'is no SIP URI', 'sip:'],
    [
      'a telephone to watch',
      withAccount({ watch: { users: ['tel:+15550100'] } }),
      'accounts[0].watch.users[0]',
      'is no SIP URI',
      'sip:',
    ],
    [
      'a conference to watch',
      withAccount({ watch: { users: ['sip:a@b.c;gruu;opaque=app:conf:focus:id:1'] } }),
      'accounts[0].watch.users[0]',
      'is no SIP URI',
      'sip:',
    ],
    [
      'a character in the password',
      withAccount({ password: 'a\u0001' }),
      'accounts[0].password',
      'U+0001 at position 2',
      'without',
    ],
    ['a character in the user', withAccount({ user: '\uFFFF' }), 'accounts[0].user', 'U+FFFF at position 1', 'without'],
    [
      'a character in a URI',
      withAccount({ watch: { users: ['sip:a\u0007@b.c'] } }),
      'accounts[0].watch.users',
      'U+0007',
      'without',
    ],
    [
      'two passwords',
      withAccount({ passwordFile: '/x' }),
      'accounts[0].password',
      'stands beside passwordFile',
      'exactly one',
    ],
    [
      'no password',
      withAccount({ password: null }),
      'accounts[0].password',
      'is required, or passwordFile',
      'exactly one',
    ],
    [
      'an address without scheme',
      withSite({ baseUrl: 'im.example.com' }),
      'sites[0].baseUrl',
      'is not an address',
      'https://',
    ],
    [
      'another protocol',
      withSite({ baseUrl: 'ftp://im.example.com' }),
      'sites[0].baseUrl',
      'neither http nor https',
      'https://',
    ],
    ['a query', withSite({ baseUrl: 'https://im.example.com/?a=b' }), 'sites[0].baseUrl', 'has a query', 'https://'],
    [
      'Windows sign-in without a domain',
      withSignIn('auto', { user: 'svc' }),
      'accounts[0].user',
      'names no domain',
      '"DOMAIN\\user" or "user@domain"',
    ],
    [
      'NTLM without a password',
      withSignIn('ntlm', { password: null }),
      'accounts[0].password',
      'is required, or passwordFile',
      'exactly one',
    ],
    [
      'Windows sign-in with two passwords',
      withSignIn('auto', { passwordFile: '/x' }),
      'accounts[0].password',
      'stands beside passwordFile',
      'exactly one',
    ],
    [
      'Kerberos with a password',
      withSignIn('kerberos', { user: 'svc@EXAMPLE.COM' }),
      'accounts[0].password',
      'is of no use with sites[].iwa.mechanism kerberos',
      'in a keytab',
    ],
    [
      'Kerberos without a realm',
      withSignIn('kerberos', { password: null }),
      'accounts[0].user',
      'is no name for Kerberos',
      'user@REALM',
    ],
    [
      'no password and no name for Kerberos',
      withSignIn('auto', { password: null }),
      'accounts[0].user',
      'is no name for Kerberos',
      'user@REALM',
    ],
    [
      'a lonely certificate',
      withSite({ tls: { certFile: '/x' } }),
      'sites[0].tls.keyFile',
      'is missing beside certFile',
      'both',
    ],
    [
      'a passphrase without its key',
      withKafka({ ssl: { keyPassphrase: 'x' } }),
      'kafka.ssl.keyFile',
      'is missing beside its passphrase',
      'both',
    ],
    [
      'a passphrase twice',
      withSite({ tls: { certFile: '/x', keyFile: '/x', keyPassphrase: 'x', keyPassphraseFile: '/x' } }),
      'sites[0].tls.keyPassphrase',
      'stands beside keyPassphraseFile',
      'exactly one of keyPassphrase and keyPassphraseFile',
    ],
    ...['RC4-SHA', 'DES-CBC3-SHA:RC4-SHA@SECLEVEL=0', 'EXP-RC4-MD5', 'nonsense'].map(
      (ciphers): [string, unknown, string, string, string] => [
        `the ciphers ${ciphers}`,
        withSite({ tls: { ciphers } }),
        'sites[0].tls.ciphers',
        'names no cipher that OpenSSL 3 still has',
        'DEFAULT@SECLEVEL=0',
      ],
    ),
    [
      'Avro without a registry',
      withKafka({ format: 'avro' }),
      'kafka.schemaRegistry.url',
      'is required with kafka.format avro',
      'or kafka.format: json',
    ],
    [
      'a registry with a name and no password',
      withKafka({ schemaRegistry: { url: 'http://registry', username: 'x' } }),
      'kafka.schemaRegistry.password',
      'is required',
      'exactly one of',
    ],
    [
      'a registry with a password and no name',
      withKafka({ schemaRegistry: { url: 'http://registry', password: 'x' } }),
      'kafka.schemaRegistry.username',
      'is missing beside a password',
      'the name that the registry knows',
    ],
    [
      'a registry whose address has the password',
      withKafka({ schemaRegistry: { url: 'http://me:secret@registry' } }),
      'kafka.schemaRegistry.url',
      'carries credentials',
      'settings of their own',
    ],
    [
      'SASL without a name',
      withKafka({ sasl: { mechanism: 'plain', password: 'x' } }),
      'kafka.sasl.username',
      'is required with mechanism plain',
      'the name',
    ],
    [
      'SASL without a password',
      withKafka({ sasl: { mechanism: 'plain', username: 'x' } }),
      'kafka.sasl.password',
      'is required',
      'exactly one',
    ],
    [
      'pseudonyms without a key',
      { ...minimal(), privacy: { subjects: 'pseudonym' } },
      'privacy.pseudonymKeys',
      'is required with privacy.subjects pseudonym',
      'keyFile',
    ],
    [
      'a short key of pseudonyms',
      { ...minimal(), privacy: { pseudonymKeys: [{ id: 'k', key: 'abcd' }] } },
      'privacy.pseudonymKeys[0].key',
      'is not 32 bytes',
      'openssl',
    ],
    [
      'a key of pseudonyms that is text and file',
      { ...minimal(), privacy: { pseudonymKeys: [{ id: 'k', key: KEY, keyFile: '/nowhere' }] } },
      'privacy.pseudonymKeys[0].key',
      'stands beside keyFile',
      'keyFile is safer',
    ],
    [
      'keys of pseudonyms of one name',
      {
        ...minimal(),
        privacy: {
          pseudonymKeys: [
            { id: 'k', key: KEY },
            { id: 'k', key: KEY },
          ],
        },
      },
      'privacy.pseudonymKeys[1].id',
      'is the same as privacy.pseudonymKeys[0].id',
      'no other',
    ],
    [
      'a short sealing key',
      { ...minimal(), sealing: { keys: [{ id: 'k', key: 'abcd' }] } },
      'sealing.keys[0].key',
      'is not 32 bytes',
      'openssl',
    ],
    [
      'a sealing key in sloppy base64',
      { ...minimal(), sealing: { keys: [{ id: 'k', key: `${KEY.slice(0, -1)} =` }] } },
      'sealing.keys[0].key',
      'is not 32 bytes',
      'openssl',
    ],
    [
      'sealing keys of one name',
      {
        ...minimal(),
        sealing: {
          keys: [
            { id: 'k', key: KEY },
            { id: 'k', key: KEY },
          ],
        },
      },
      'sealing.keys[1].id',
      'is the same as sealing.keys[0].id',
      'no other',
    ],
    [
      'topics of one name',
      withKafka({ topics: { names: { presence: 'x', unknown: 'x' } } }),
      'kafka.topics.names.unknown',
      'is the same as kafka.topics.names.presence',
      'no other',
    ],
    [
      'a topic that Kafka refuses',
      withKafka({ topics: { names: { presence: 'a b' } } }),
      'kafka.topics.names.presence',
      'characters or a length',
      'letters',
    ],
    [
      'waits the wrong way round',
      { ...minimal(), session: { pollWaitMinMs: 20_000 } },
      'session.pollWaitMinMs',
      'is above session.pollWaitMaxMs',
      'at most 15000',
    ],
    [
      'records above the batch',
      withKafka({ recordBytesMax: 2_000_000 }),
      'kafka.recordBytesMax',
      'is above kafka.batchBytesMax',
      'at most 983040',
    ],
  ])('with %s says where, what, and what to write instead', async (_title, values, path, message, remedy) => {
    const problems = await problemsOf(values);
    const problem = problems.find((candidate) => candidate.path === path);
    expect(problem, problems.map(formatProblem).join('\n')).toBeDefined();
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toContain(remedy);
  });

  test('shows the offending value and the file or variable that it came from', async () => {
    const [inFile] = await problemsOf({ ...minimal(), http: { port: 70_000 } });
    expect(inFile?.value).toBe('70000');
    expect(inFile?.source).toMatch(/values\.json$/);
    const [inVariable] = await problemsOf(minimal(), { CWA_BRIDGE_HTTP_PORT: 'abc' });
    expect(inVariable).toMatchObject({ path: 'http.port', value: '"abc"', source: 'CWA_BRIDGE_HTTP_PORT' });
  });

  test('with a misspelt variable names the one that was meant', async () => {
    const [problem] = await problemsOf(minimal(), { CWA_BRIDGE_HTTP_PROT: '1' });
    expect(problem).toMatchObject({ path: 'CWA_BRIDGE_HTTP_PROT', message: 'is no known environment variable' });
    expect(problem?.remedy).toContain('CWA_BRIDGE_HTTP_PORT');
  });

  test('reads as two lines: what is wrong, and what to write', async () => {
    const [problem] = await problemsOf(minimal(), { CWA_BRIDGE_HTTP_PORT: 'abc' });
    expect(problem && formatProblem(problem)).toBe(
      'http.port: is not a whole number (found "abc") [CWA_BRIDGE_HTTP_PORT]\n    write a whole number from 0 to 65535',
    );
  });
});

describe('all problems', () => {
  test('are found in one go, whatever else is wrong', async () => {
    const problems = await problemsOf({
      instalation: 'x',
      sites: [
        { name: 'a b', baseUrl: 'ftp://x' },
        { name: 'main', baseUrl: 'https://x' },
      ],
      accounts: [{ id: 'a', site: 'nowhere', user: 'u', uri: 'foo' }],
      kafka: { shards: 'many' },
      http: 5,
    });
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'accounts[0].password',
      'accounts[0].site',
      'accounts[0].uri',
      'http',
      'instalation',
      'kafka.brokers',
      'kafka.shards',
      'sites[0].baseUrl',
      'sites[0].name',
    ]);
  });

  test('include a key that would reach into every object', async () => {
    const file = await fileOf(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
      'a.json',
    );
    const { problems } = await loadConfiguration({ files: [file], env: {} });
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a user under two accounts', () => {
  function twoAccounts(overlap: string): unknown {
    const { accounts, ...rest } = minimal();
    const users = { users: ['sip:anna@example.com'] };
    return {
      ...rest,
      watch: { overlap },
      accounts: [
        { ...accounts[0], id: 'one', watch: users },
        { ...accounts[0], id: 'two', watch: { users: ['ANNA@example.com'] } },
      ],
    };
  }

  test('is refused, however it is written', async () => {
    const [problem] = await problemsOf(twoAccounts('refuse'));
    expect(problem).toMatchObject({ path: 'accounts[1].watch.users[0]', value: '"sip:anna@example.com"' });
    expect(problem?.message).toContain('accounts[0] watches too');
  });

  test('is taken when overlap is allowed', async () => {
    expect(await problemsOf(twoAccounts('allow'))).toEqual([]);
  });
});

describe('a file that the configuration names', () => {
  test.each<[title: string, content: string | null, place: (file: string) => unknown, path: string, message: string]>([
    [
      'is missing',
      null,
      (file) => withAccount({ password: null, passwordFile: file }),
      'accounts[0].passwordFile',
      'cannot be read',
    ],
    [
      'is empty',
      '\n',
      (file) => withAccount({ password: null, passwordFile: file }),
      'accounts[0].passwordFile',
      'an empty file',
    ],
    [
      'has two lines',
      'a\nb\n',
      (file) => withAccount({ password: null, passwordFile: file }),
      'accounts[0].passwordFile',
      'more than one line',
    ],
    [
      'has a bad character',
      'a\u0001',
      (file) => withAccount({ password: null, passwordFile: file }),
      'accounts[0].passwordFile',
      'XML cannot carry',
    ],
    ['is no PEM', 'x', (file) => withSite({ tls: { caFile: file } }), 'sites[0].tls.caFile', 'is not PEM'],
    [
      'is no key',
      'x',
      (file) => ({ ...minimal(), sealing: { keys: [{ id: 'k', keyFile: file }] } }),
      'sealing.keys[0].keyFile',
      '32 bytes',
    ],
    [
      'is no key of pseudonyms',
      'x',
      (file) => ({ ...minimal(), privacy: { pseudonymKeys: [{ id: 'k', keyFile: file }] } }),
      'privacy.pseudonymKeys[0].keyFile',
      '32 bytes',
    ],
    [
      'is a missing watch list',
      null,
      (file) => withAccount({ watch: { file } }),
      'accounts[0].watch.file',
      'cannot be read',
    ],
  ])('and that %s is a problem', async (_title, content, place, path, message) => {
    const file = content === null ? '/nowhere/file' : await fileOf(content, 'named');
    const [problem] = await problemsOf(place(file));
    expect(problem?.path).toBe(path);
    expect(problem?.message).toContain(message);
    expect(problem?.value).toBe(JSON.stringify(file));
  });

  test('names the line of a watch file that is no URI', async () => {
    const file = await fileOf('sip:a@b.c\nnobody\n', 'watch');
    const [problem] = await problemsOf(withAccount({ watch: { file } }));
    expect(problem).toMatchObject({ path: 'accounts[0].watch.file', value: '"nobody"', source: `${file}, line 2` });
  });
});
