import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import avro from 'avsc';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { LocalRegistry } from '../../dev/registry/local-registry.ts';
import { topics } from '../../src/commands/topics.ts';
import { verify } from '../../src/commands/verify.ts';
import { present } from '../../src/lib/assert.ts';
import { avroToJsonOf } from '../../src/records/schema/avro-to-json.ts';
import { readFrame } from '../../src/records/schema/wire-format.ts';
import { setStage, type Settings, type Stage } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { type RegistryProxy, startRegistryProxy } from '../support/registry-proxy.ts';
import { until } from '../support/until.ts';

/** The first start on a machine downloads the registry. */
const START_TIMEOUT_MS = 240_000;
/** A registry that has just started takes long for its first schemas where others use the machine. */
const PATIENCE_MS = 60_000;

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await LocalRegistry.start((line) => process.stderr.write(`${line}\n`));
  await registry.requireCompatibility('BACKWARD_TRANSITIVE');
}, START_TIMEOUT_MS);
afterAll(() => registry.stop());

function avroSettings(schemaRegistry: Settings = {}): Settings {
  return {
    kafka: { format: 'avro', schemaRegistry: { url: registry.url, timeoutMs: PATIENCE_MS, ...schemaRegistry } },
  };
}

interface RawRecord {
  readonly topic: string;
  readonly value: Buffer;
  readonly contentType: string;
}

/** The stage's own tail reads JSON; this keeps the bytes. */
async function openRawTail({ brokers, prefix }: Stage): Promise<readonly RawRecord[]> {
  const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
    groupId: uniqueName('raw'),
    maxWaitTimeInMs: 50,
    retry: { retries: 20 },
  });
  await consumer.connect();
  onTestFinished(() => consumer.disconnect());
  await consumer.subscribe({ topics: ['presence', 'operations'].map((name) => prefix + name), fromBeginning: true });
  const records: RawRecord[] = [];
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ topic, message: { headers, value } }) => {
      records.push({ topic, value: present(value, 'value'), contentType: String(headers?.['content-type']) });
      return Promise.resolve();
    },
  });
  return records;
}

async function setAvroStage(): Promise<Stage> {
  const stage = await setStage({ hasTopics: false, simulator: { eventsPerSecond: 100, eventsTotal: 100 } });
  expect(await runCommand(topics, ['--create', '-c', await stage.configure()])).toMatchObject({ status: 0 });
  return stage;
}

/** What the registry itself hands out for a value: asked by hand, not by our client. */
async function schemaTextOf(value: Buffer): Promise<string> {
  const response = await fetch(`${registry.url}/schemas/ids/${String(value.readUInt32BE(1))}`);
  return ((await response.json()) as { readonly schema: string }).schema;
}

function isSnapshotEnd({ value }: RawRecord): boolean {
  return value.includes('snapshotEnded');
}

describe('kafka.format avro', () => {
  test(
    'publishes what any consumer reads with the schema of the registry, and verify with it',
    { timeout: 2 * PATIENCE_MS },
    async () => {
      const stage = await setAvroStage();
      const records = await openRawTail(stage);
      const bridge = await stage.start(avroSettings());
      await until('the snapshot has ended', () => records.some(isSnapshotEnd), {
        timeoutMs: PATIENCE_MS,
      });
      await bridge.stop();
      expect(new Set(records.map(({ topic }) => topic))).toEqual(
        new Set([`${stage.prefix}presence`, `${stage.prefix}operations`]),
      );
      for (const { contentType, value } of records) {
        expect(contentType).toBe('application/avro');
        const text = await schemaTextOf(value);
        const { body } = present(readFrame(value), 'frame');
        // avsc compares by itself: a double carries every number here but an eid beyond 2^53, of which there is none.
        const independent = avro.Type.forSchema(JSON.parse(text) as avro.Schema).fromBuffer(body) as object;
        expect(JSON.stringify(independent)).toBe(avroToJsonOf(text)(body));
      }
      const outcome = await runCommand(verify, ['-c', await stage.configure(avroSettings())]);
      expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"verdict":"flawless"') });
      const blind = await runCommand(verify, ['-c', await stage.configure()]);
      expect(blind.stderr).toContain('no kafka.schemaRegistry.url is configured');
      const away = await stage.configure(avroSettings({ url: 'http://127.0.0.1:1' }));
      expect(await runCommand(verify, ['-c', away])).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/^cwa-bridge verify: Schema registry: reading schema \d+ .*Look whether it runs/),
      });
    },
  );

  test(
    'can be switched to in a running installation: verify reads topics that hold both',
    { timeout: 2 * PATIENCE_MS },
    async () => {
      const stage = await setAvroStage();
      const records = await openRawTail(stage);
      const json = await stage.start();
      await until('a snapshot has ended in JSON', () => records.some(isSnapshotEnd));
      await json.stop();
      const before = records.length;
      const binary = await stage.start(avroSettings());
      await until('a snapshot has ended in Avro', () => records.slice(before).some(isSnapshotEnd), {
        timeoutMs: PATIENCE_MS,
      });
      await binary.stop();
      expect(new Set(records.map(({ contentType }) => contentType))).toEqual(
        new Set(['application/json', 'application/avro']),
      );
      const outcome = await runCommand(verify, ['-c', await stage.configure(avroSettings())]);
      expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"verdict":"flawless"') });
    },
  );
});

describe('a registry behind TLS and a password', () => {
  const login = { username: 'bridge', password: 'pä:ss wörd' };
  let proxy: RegistryProxy;
  let folder: string;
  beforeAll(async () => {
    proxy = await startRegistryProxy(registry.url, login);
    folder = await mkdtemp(path.join(tmpdir(), 'cwa-registry-login-'));
    await writeFile(path.join(folder, 'right'), `${login.password}\n`, { mode: 0o600 });
    await writeFile(path.join(folder, 'wrong'), 'guessed', { mode: 0o600 });
  });
  afterAll(async () => {
    await proxy.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function loginSettings(overrides: Settings = {}): Settings {
    const { caFile, url } = proxy;
    const passwordFile = path.join(folder, 'right');
    return avroSettings({ url, caFile, username: login.username, passwordFile, ...overrides });
  }

  test('is used with both, by the bridge and by verify', { timeout: 2 * PATIENCE_MS }, async () => {
    const stage = await setAvroStage();
    const records = await openRawTail(stage);
    const bridge = await stage.start(loginSettings());
    await until('the snapshot has ended', () => records.some(isSnapshotEnd), { timeoutMs: PATIENCE_MS });
    await bridge.stop();
    expect(new Set(records.map(({ contentType }) => contentType))).toEqual(new Set(['application/avro']));
    const outcome = await runCommand(verify, ['-c', await stage.configure(loginSettings())]);
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"verdict":"flawless"') });
  });

  const UNTRUSTED = /registering .* at https:.* from an authority in kafka\.schemaRegistry\.caFile/;
  test.each([
    ['has a certificate of another authority', () => ({ caFile: proxy.otherCaFile }), 'registry-untrusted', UNTRUSTED],
    ['has a certificate of no public authority', () => ({ caFile: null }), 'registry-untrusted', UNTRUSTED],
    [
      'has a certificate for another name',
      () => ({ url: proxy.url.replace('127.0.0.1', 'localhost') }),
      'registry-untrusted',
      /localhost.* for the name in kafka\.schemaRegistry\.url/s,
    ],
    [
      'does not know the password',
      () => ({ passwordFile: path.join(folder, 'wrong') }),
      'registry-denied',
      /refused \(status 401\)\. Look at kafka\.schemaRegistry\.username and passwordFile/,
    ],
    [
      'wants a password, and none is set',
      () => ({ username: null, passwordFile: null }),
      'registry-denied',
      /refused \(status 401\)\. Look at kafka\.schemaRegistry\.username/,
    ],
    [
      'is asked without TLS',
      () => ({ url: proxy.url.replace('https:', 'http:') }),
      'registry-away',
      /kafka\.schemaRegistry\.url/,
    ],
  ])('%s: the bridge says so, without the password, and ends', async (_what, settings, code, message) => {
    const stage = await setStage({ hasTopics: false });
    const bridge = await stage.start(loginSettings(settings()));
    const error = await bridge.ended.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/pä:ss|guessed/);
    expect(stage.simulator.stats.sessionsOpened).toBe(0);
  });
});

describe('a registry that does not help', () => {
  test.each([
    ['is away', () => ({ url: 'http://127.0.0.1:1' }), 'registry-away', /ECONNREFUSED.*Look whether it runs/],
    [
      'has another path',
      () => ({ url: `${registry.url}/x` }),
      'registry-away',
      /status 404.*the right address and path/,
    ],
    [
      'has no schema',
      () => ({ autoRegister: false }),
      'schema-unknown',
      /Register it .* or set .*autoRegister to true/,
    ],
  ])('%s: the bridge says so and ends before it signs in', async (_what, settings, code, message) => {
    const stage = await setStage({ hasTopics: false });
    const bridge = await stage.start(avroSettings(settings()));
    await expect(bridge.ended).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(stage.simulator.stats).toMatchObject({ signIns: { ok: 0, refused: 0 }, sessionsOpened: 0 });
  });

  test('refuses a schema that cannot read older records: the bridge ends with its reason', async () => {
    const stage = await setStage({ hasTopics: false });
    const older = {
      type: 'record',
      name: 'Operation',
      namespace: 'com.cwa_bridge',
      fields: [{ name: 'id', type: 'int' }],
    };
    const response = await fetch(`${registry.url}/subjects/${stage.prefix}operations-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schema: JSON.stringify(older) }),
    });
    expect(response.status).toBe(200);
    const bridge = await stage.start(avroSettings());
    await expect(bridge.ended).rejects.toMatchObject({
      code: 'schema-incompatible',
      message: expect.stringMatching(/operations-value .* refused \(status 409, .*ncompatible.*Compare its schema/),
    });
  });
});
