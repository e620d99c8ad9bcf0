import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfiguration } from '../../../src/config/load.ts';
import { printConfiguration } from '../../../src/config/print.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { Secret } from '../../../src/config/secret.ts';
import { configurationFrom, fileOf, minimal, problemsOf } from './builders.ts';

const CANARY = 'canary-93ab';
const KEY = Buffer.from('canary-93ab-canary-93ab-canary-9').toString('base64');

describe('a secret', () => {
  test('is read again at each use, without the line break at the end of its file', async () => {
    const file = await fileOf('first\n', 'secret');
    const secret = Secret.ofFile(file);
    expect(await secret.read()).toBe('first');
    await writeFile(file, 'second\r\n');
    expect(await secret.read()).toBe('second');
    await writeFile(file, ' kept \n\n');
    expect(await secret.read()).toBe(' kept \n');
  });

  test('whose file is gone says which, and is worth another try', async () => {
    await expect(Secret.ofFile('/nowhere/secret').read()).rejects.toMatchObject({
      code: 'secret-unreadable',
      disposition: 'retry',
      context: { file: '/nowhere/secret' },
    });
  });

  test('shows itself nowhere', async () => {
    const secret = Secret.ofText(CANARY);
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true, depth: 9 })];
    expect(shown.join()).not.toContain(CANARY);
    expect(Object.keys(secret)).toEqual([]);
    expect(await secret.read()).toBe(CANARY);
  });
});

describe('a configuration with secrets', () => {
  function withSecrets(passwordFile: string): unknown {
    const values = minimal();
    return {
      ...values,
      accounts: [
        { ...values.accounts[0], password: CANARY },
        { ...values.accounts[0], id: 'second', password: null, passwordFile },
      ],
      kafka: {
        ...values.kafka,
        sasl: { mechanism: 'plain', username: 'bridge', password: CANARY },
        schemaRegistry: { url: 'http://registry/', username: 'bridge', password: CANARY },
      },
      sealing: { keys: [{ id: 'k', key: KEY }] },
      privacy: { subjects: 'pseudonym', pseudonymKeys: [{ id: 'p', key: KEY }] },
    };
  }

  test('is printed without them, and says which files they come from', async () => {
    const file = await fileOf(CANARY, 'password');
    const configuration = await configurationFrom(withSecrets(file));
    const printed = printConfiguration(configuration);
    expect(printed).not.toContain(CANARY);
    expect(printed).not.toContain(KEY);
    expect(printed).toContain(`password: "[secret] from ${file}"`);
    expect(inspect(configuration, { depth: 20, showHidden: true })).not.toContain(CANARY);
    expect(await configuration.accounts[1]?.password?.read()).toBe(CANARY);
    expect(await configuration.kafka.sasl?.password.read()).toBe(CANARY);
    expect(await configuration.kafka.schemaRegistry?.password?.read()).toBe(CANARY);
    expect(configuration.kafka.schemaRegistry).toMatchObject({ url: 'http://registry', username: 'bridge' });
    expect(await configuration.sealing.keys[0]?.key.read()).toBe(KEY);
    expect(await configuration.privacy.pseudonymKeys[0]?.key.read()).toBe(KEY);
    expect(inspect(configuration, { depth: 20, showHidden: true })).not.toContain(KEY);
  });

  test.each([
    [{ password: `${CANARY}\u0001` }],
    [{ password: CANARY, passwordFile: '/nowhere' }],
    [{ password: [CANARY] }],
    [{ password: { nested: CANARY } }],
  ])('does not repeat them in a problem: %o', async (account) => {
    const values = minimal();
    const problems = await problemsOf({ ...values, accounts: [{ ...values.accounts[0], ...account }] });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.map(formatProblem).join('\n')).not.toContain(CANARY);
  });

  test('does not repeat credentials that stand in an address, nor a list that could not be read', async () => {
    const values = minimal();
    const withCredentials = { ...values, sites: [{ name: 'main', baseUrl: `https://user:${CANARY}@im.example.com` }] };
    const inAddress = await problemsOf(withCredentials);
    expect(inAddress.map(({ path }) => path)).toContain('sites[0].baseUrl');
    const inVariable = await problemsOf(values, { CWA_BRIDGE_ACCOUNTS: `[{password: "${CANARY}"` });
    expect(inVariable.map(({ path }) => path)).toContain('accounts');
    expect([...inAddress, ...inVariable].map(formatProblem).join('\n')).not.toContain(CANARY);
  });

  test.each([
    ['broken.yaml', `accounts: [{password: "${CANARY}`],
    ['twice.yaml', `password: ${CANARY}\npassword: ${CANARY}\n`],
    ['alias.yaml', `password: *${CANARY}\n`],
    ['tag.yaml', `password: !${CANARY}\n`],
    ['broken.json', `{"password": ${CANARY}`],
  ])('does not repeat the line of a file that cannot be read: %s', async (name, content) => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    onTestFinished(() => void process.off('warning', listener));
    const { problems } = await loadConfiguration({ files: [await fileOf(content, name)], env: {} });
    expect(problems.map(formatProblem).join('\n')).not.toContain(CANARY);
    expect(problems[0]?.path).toMatch(name === 'tag.yaml' ? /password/ : name);
    expect(warnings.map(String).join('\n')).not.toContain(CANARY);
  });
});
