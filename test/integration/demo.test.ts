import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import kafkajs from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';

import { testBrokers } from '../support/kafka.ts';
import { until } from '../support/until.ts';

const PROGRAM = fileURLToPath(new URL('../../dev/demo/main.ts', import.meta.url));
/** Its console consumer starts a Java machine for each topic. */
const TIMEOUT_MS = 180_000;

interface Demo {
  readonly child: ChildProcess;
  /** Everything it has written so far, to both of its outputs. */
  readonly output: () => string;
  readonly exit: Promise<unknown>;
}

/** `npm run demo` on the Kafka of the tests, without a terminal. */
function startDemo(...args: readonly string[]): Demo {
  const flags = ['--disable-warning=TimeoutNegativeWarning', PROGRAM];
  const env = { ...process.env, KAFKA_BROKERS: testBrokers().join(',') };
  const child = spawn(process.execPath, [...flags, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exit = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, output: () => output, exit };
}

async function topicNames(): Promise<readonly string[]> {
  const kafka = new kafkajs.Kafka({ brokers: [...testBrokers()], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

test(
  'the demo moves its events, proves them with verify and with the console consumer of Kafka, and ends with status 0',
  async () => {
    const { child, exit, output } = startDemo('--events', '400');
    await exit;
    expect(child.exitCode, output()).toBe(0);
    expect(output()).toMatch(/Flawless: \d+ records/);
    expect(output()).toMatch(/0 lost, 0 duplicated, 0 reordered, 0 others/);
    expect(output()).toContain('PASSED');
    const events = /^ +([\d,]+) events handed over .* lag +0 /gm;
    const last = [...output().matchAll(events)].at(-1)?.[1] ?? '0';
    expect(Number(last.replaceAll(',', ''))).toBeGreaterThanOrEqual(400);
    // Neither colours nor a line that is rewritten: nobody watches it on a terminal.
    expect(output()).not.toContain('\u001b');
  },
  TIMEOUT_MS,
);

test(
  'Ctrl-C in the middle leaves nothing behind: no folder, no topics; status 130',
  async () => {
    const { child, exit, output } = startDemo('--events', '100000');
    await until('events flow', () => /[1-9]\d* records committed/.test(output()), {
      timeoutMs: TIMEOUT_MS / 2,
      describe: output,
    });
    child.kill('SIGINT');
    await exit;
    expect(child.exitCode, output()).toBe(130);
    expect(output()).toContain('Interrupted: bridge, simulator and Kafka are ended');
    expect(output()).not.toContain('FAILED');
    const file = /addresses of this run: (\S+)/.exec(output())?.[1] ?? '/';
    expect(existsSync(path.dirname(file))).toBe(false);
    const prefix = /(cwa-demo-\w+\.)/.exec(output())?.[1] ?? '';
    expect(prefix).not.toBe('');
    expect((await topicNames()).filter((name) => name.startsWith(prefix))).toEqual([]);
  },
  TIMEOUT_MS,
);

test('the demo refuses a wrong option with its help and status 2', async () => {
  const { child, exit, output } = startDemo('--events', 'many');
  await exit;
  expect(child.exitCode).toBe(2);
  expect(output()).toMatch(/"many" is no whole number[\s\S]*Usage: npm run demo/);
});
