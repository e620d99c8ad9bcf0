import { describe, expect, test } from 'vitest';

import { helpText, readCommandLine } from '../../../src/simulator/cli.ts';
import { readOptions } from '../../../src/simulator/option-reader.ts';
import { OPTION_TABLE } from '../../../src/simulator/option-table.ts';
import { DEFAULTS } from '../../../src/simulator/options.ts';

describe('readOptions', () => {
  test('takes every default as it stands', () => {
    const { integratedUserHeader, ledgerFile, ...defaults } = DEFAULTS;
    const written = { ...defaults, eventsTotal: 'unlimited' };
    expect([integratedUserHeader, ledgerFile]).toEqual([null, null]);
    expect(readOptions(written, 'f')).toEqual(defaults);
  });

  test('takes an empty file', () => {
    expect(readOptions(null, 'f')).toEqual({});
  });

  test.each([
    [['x'], 'f does not hold options'],
    [{ prot: 1 }, 'f: prot is not an option'],
    [{ port: 1.5 }, 'f: port is 1.5: write a whole number from 0 to 65535.'],
    [{ eventsPerSecond: -1 }, 'f: eventsPerSecond is -1: write a number from 0, or unlimited.'],
    [{ port: 'unlimited' }, 'f: port is "unlimited"'],
    [{ oddities: 'yes' }, 'f: oddities is "yes": write true or false.'],
    [{ users: ['lena'] }, 'f: users is ["lena"]: write a whole number from 0 to 1000000, or SIP URIs'],
    [{ accounts: [] }, 'f: accounts is not a list of accounts'],
    [
      { accounts: [{ user: 'u', password: 'p', uri: 'u@x' }] },
      'f: accounts[0].uri is missing or wrong: write a SIP URI',
    ],
    [{ accounts: [null] }, 'f: accounts[0].user is missing or wrong'],
    [{ faults: [{ kind: 'slow', delayMs: -1 }] }, 'f: faults[0].delayMs is -1: write milliseconds from 0 to 600000.'],
    [{ faults: [{}] }, 'f: faults[0].kind is missing: write one of '],
    [JSON.parse('{"__proto__": 1}'), 'f: __proto__ is not an option'],
  ])('refuses %j with what is wrong, where, and what to write', (value, message) => {
    expect(() => readOptions(value, 'f')).toThrow(message);
  });
});

describe('readCommandLine', () => {
  test('takes values after a blank and after =, switches without one, and names in kebab-case', () => {
    expect(
      readCommandLine(['--seed=7', '--events-per-second', 'unlimited', '--oddities', '--users', 'sip:a@x,sip:b@x']),
    ).toEqual({
      wants: 'run',
      files: [],
      options: { seed: '7', eventsPerSecond: Infinity, oddities: true, users: ['sip:a@x', 'sip:b@x'] },
    });
    expect(readCommandLine(['--xml-declaration', 'false', '--config', 'a', '--config=b'])).toMatchObject({
      files: ['a', 'b'],
      options: { xmlDeclaration: false },
    });
  });

  test.each([
    [['--wire-style', 'neat'], '--wire-style is "neat": write indented or compact.'],
    [['--frobnicate'], '--frobnicate is not an option: see cwa-simulator --help.'],
    [['8080'], '8080 is not an option: see cwa-simulator --help.'],
    [['-port', '1'], '-port is not an option'],
    [['--seed'], '--seed has no value: write --seed VALUE.'],
    [['--config'], '--config has no value: write --config VALUE.'],
    [['--oddities', '--seed'], '--seed has no value'],
    [['--users=sip:a@x,lena'], '--users is "sip:a@x,lena": write'],
  ])('refuses %j with what is wrong, where, and what to write', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });

  test('does not take a name that every object has', () => {
    expect(() => readCommandLine(['--to-string', '1'])).toThrow('--to-string is not an option');
  });
});

describe('the help text', () => {
  test('names every option of the table once', () => {
    for (const name of Object.keys(OPTION_TABLE)) {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `;
      expect(helpText().split(`  ${flag}`)).toHaveLength(2);
    }
  });
});
