import { describe, expect, test } from 'vitest';

import { CONFIG_OPTION, readArguments } from '../../../src/commands/arguments.ts';
import { check } from '../../../src/commands/check.ts';
import { type Command, UsageError } from '../../../src/commands/command.ts';
import { normalize } from '../../../src/commands/normalize.ts';
import { run } from '../../../src/commands/run.ts';
import { schemas } from '../../../src/commands/schemas.ts';
import { topics } from '../../../src/commands/topics.ts';
import { runCommand } from '../../support/command-line.ts';

describe('arguments', () => {
  test('files of the configuration are taken in their order, long and short', () => {
    const { values } = readArguments(['--config', 'a.yaml', '-c', 'b.json', '--config=c.json5'], CONFIG_OPTION);
    expect(values.config).toEqual(['a.yaml', 'b.json', 'c.json5']);
  });

  test.each([
    ['an unknown option', ['--colour'], /--colour/],
    ['a missing value', ['--config'], /--config/],
    ['an operand where there is none', ['file.xml'], /file\.xml/],
  ])('%s is a mistake of usage', (_, args, message) => {
    expect(() => readArguments(args, CONFIG_OPTION)).toThrow(UsageError);
    expect(() => readArguments(args, CONFIG_OPTION)).toThrow(message);
  });
});

describe('each command', () => {
  const commands: readonly (readonly [string, Command])[] = [run, check, normalize, topics, schemas].map((command) => [
    command.name,
    command,
  ]);

  test.each(commands)(
    '%s has a help that begins with its usage and ends with its exit status',
    (name, { help, summary }) => {
      expect(help).toMatch(new RegExp(`^Usage: cwa-bridge ${name}\\b`));
      expect(help).toMatch(/\nExit status: 0 .*\.\n$/s);
      expect(summary).toMatch(/^\S[^\n]+$/);
    },
  );

  test.each(commands)('%s refuses an option that nobody knows', async (_, command) => {
    await expect(runCommand(command, ['--fly'])).rejects.toThrow(UsageError);
  });
});

describe('usage that excludes itself', () => {
  test('topics creates or compares, not both', async () => {
    await expect(runCommand(topics, ['--create', '--diff'])).rejects.toThrow(/exclude each other/);
  });

  test.each([
    [['--channel', 'sideways'], /--channel "sideways" is neither data nor command/],
    [['--received-at', 'yesterday'], /--received-at "yesterday" is not a time; write it as 2009-03-02T08:15:00Z/],
    [['--account', ''], /--account "" is no URI; write it as sip:name@domain/],
  ])('normalize %j says what to write instead', async (args, message) => {
    await expect(runCommand(normalize, args)).rejects.toThrow(message);
  });
});
