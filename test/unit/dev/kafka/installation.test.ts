import { access, mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fillOnce } from '../../../../dev/kafka/cache-folder.ts';
import { installKafka } from '../../../../dev/kafka/installation.ts';
import { provideKafka } from '../../../../dev/kafka/provide.ts';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-test-'));
  await mkdir(path.join(scratch, 'bin'));
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** A machine on which only the programs given exist: name → shell script. */
async function machineWith(programs: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(scratch, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return {
    PATH: path.join(scratch, 'bin'),
    CWA_KAFKA_CACHE: path.join(scratch, 'cache'),
    DOCKER_HOST: `unix://${path.join(scratch, 'no-engine.sock')}`,
  };
}

const JAVA_17 = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`;
const JAVA_11 = `echo 'openjdk version "11.0.2" 2019-01-15' >&2`;
/** Writes one jar into the folder it is told, and a line to `runs`. */
const MAVEN = `
for argument in "$@"; do case "$argument" in -DoutputDirectory=*) target="\${argument#-DoutputDirectory=}";; esac; done
/bin/mkdir -p "$target"
echo jar > "$target/kafka.jar"
echo run >> "$CWA_KAFKA_CACHE/../runs"`;

const silent = (): void => undefined;

describe('the local Apache Kafka', () => {
  test('is downloaded once, also by two programs that start at the same time', async () => {
    const env = await machineWith({ java: JAVA_17, mvn: MAVEN });
    const both = await Promise.all([installKafka(silent, env), installKafka(silent, env)]);
    const runs = await readFile(path.join(scratch, 'runs'), 'utf8');
    const later = await installKafka(silent, env);
    expect(both).toEqual([later, later]);
    expect(path.basename(later.classPath)).toBe('kafka.jar');
    await access(later.classPath);
    expect(await readFile(path.join(scratch, 'runs'), 'utf8')).toBe(runs);
    const [folder = ''] = await readdir(path.join(scratch, 'cache'));
    expect(await readdir(path.join(scratch, 'cache', folder))).toEqual(['jars']);
  });

  test.each([
    ['Java is missing', {}, /Java 17 or newer is needed, and "java" does not run/],
    ['Java is too old', { java: JAVA_11 }, /Java 17 or newer is needed, and "java" is 11\.0\.2/],
    ['Maven is missing', { java: JAVA_17 }, /"mvn" is not on the PATH/],
    ['the download fails', { java: JAVA_17, mvn: "echo '[ERROR] no route to host'; exit 1" }, /no route to host/],
  ])('says it when %s', async (_, programs, message) => {
    await expect(installKafka(silent, await machineWith(programs))).rejects.toThrow(message);
  });
});

describe('a cached file', () => {
  test('does not appear when filling it fails', async () => {
    const target = path.join(scratch, 'cache', 'file');
    const half = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'half');
      throw new Error('broke off');
    };
    await expect(fillOnce(target, half)).rejects.toThrow('broke off');
    expect(await readdir(path.dirname(target))).toEqual([]);
  });
});

describe('without any Kafka', () => {
  test('the error names the three ways to get one and why each is closed', async () => {
    const failure = provideKafka({ env: await machineWith({}) });
    await expect(failure).rejects.toThrow(/1\. Set KAFKA_BROKERS[^]*2\. Start a container engine[^]*3\. Install Java/);
    await expect(failure).rejects.toThrow(/KAFKA_BROKERS is not set; no container engine answers; no local .*Java 17/);
  });

  test('three nodes are not taken from a shorter KAFKA_BROKERS', async () => {
    const env = { ...(await machineWith({})), KAFKA_BROKERS: '127.0.0.1:1, 127.0.0.1:2' };
    await expect(provideKafka({ nodes: 3, env })).rejects.toThrow(/KAFKA_BROKERS names 2 of 3 brokers needed/);
  });
});
