import { randomBytes } from 'node:crypto';

import kafkajs, { type Admin } from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { seal } from '../../src/bridge/progress/sealing.ts';
import { progressKey } from '../../src/bridge/progress/progress-key.ts';
import { type Settings, setStage, type Stage } from '../support/bridge.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { claimOf, commit, progressOf } from '../support/committed-progress.ts';
import { examine, findingOf, only, warningsOf } from '../support/doctor.ts';
import { closedPort, startSilent, startWeb } from '../support/strange-servers.ts';

async function withAdmin(stage: Stage, change: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...stage.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await change(admin);
  await admin.disconnect();
}

/** Changes settings of a topic of the stage. */
async function alter(stage: Stage, topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  await withAdmin(stage, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type, name: `${stage.prefix}${topic}`, configEntries }],
    }),
  );
}

function brokers(...addresses: readonly string[]): Settings {
  return { kafka: { brokers: addresses } };
}

/** `doctor` leaves the accounts alone: without Kafka it would not try them anyway. */
const NO_SIGN_IN = ['--no-sign-in'];

describe('doctor finds, on the way to Kafka,', () => {
  test('a broker that is not there, and does not try the rest', async () => {
    const stage = await setStage({ hasTopics: false });
    const address = `127.0.0.1:${String(await closedPort())}`;
    const diagnosis = await examine(await stage.configure(brokers(address)));
    const found = only(diagnosis, 'port-closed');
    expect(found).toMatchObject({ subject: `broker ${address}` });
    expect(found.remedy).toContain('kafka.brokers');
    expect(findingOf(diagnosis, 'rights', 'write').cause).toBe('not tried because of brokers');
  });

  test('one broker of two that is not there, and goes on with the other', async () => {
    const stage = await setStage();
    const address = `127.0.0.1:${String(await closedPort())}`;
    const diagnosis = await examine(await stage.configure(brokers(address, ...stage.brokers)));
    expect(only(diagnosis, 'port-closed')).toMatchObject({ subject: `broker ${address}` });
    expect(findingOf(diagnosis, 'account watcher', 'sign-out').status).toBe('ok');
  });

  test('a name that does not exist', async () => {
    const stage = await setStage({ hasTopics: false });
    const found = only(await examine(await stage.configure(brokers('kafka.doctor.invalid:9092'))), 'name-unresolved');
    expect(found.remedy).toContain('kafka.brokers');
  });

  test('a broker that is frozen', async () => {
    const stage = await setStage({ hasTopics: false });
    const file = await stage.configure(brokers(`127.0.0.1:${String(await startSilent())}`));
    expect(only(await examine(file, [], { loginMs: 300 }), 'broker-silent').remedy).toContain('frozen');
  });

  test('a server that is not Kafka', async () => {
    const stage = await setStage({ hasTopics: false });
    const port = await startWeb((_, response) => response.end());
    const found = only(await examine(await stage.configure(brokers(`127.0.0.1:${String(port)}`))), 'not-kafka');
    expect(found.remedy).toContain('kafka.brokers');
  });

  test('a plain-text port, with TLS switched on', async () => {
    const stage = await setStage({ hasTopics: false });
    const found = only(await examine(await stage.configure({ kafka: { ssl: { enabled: true } } })), 'tls-no-tls');
    expect(found).toMatchObject({ check: 'tls' });
    expect(found.remedy).toContain('kafka.ssl.enabled: false');
  });

  test('a TLS port, with TLS switched off', async () => {
    const stage = await setStage({ hasTopics: false });
    const authority = await CertificateAuthority.create();
    const port = await startWeb((_, response) => response.end(), await authority.issue());
    await authority.remove();
    const found = only(await examine(await stage.configure(brokers(`127.0.0.1:${String(port)}`))), 'tls-expected');
    expect(found.remedy).toContain('kafka.ssl.enabled: true');
  });

  test('SASL where the broker knows none', async () => {
    const stage = await setStage({ hasTopics: false });
    const sasl = { mechanism: 'plain', username: 'bridge', password: 'hush-hush' };
    const diagnosis = await examine(await stage.configure({ kafka: { sasl } }));
    expect(only(diagnosis, 'sasl-unexpected').remedy).toContain('kafka.sasl.mechanism: none');
    expect(JSON.stringify(diagnosis)).not.toContain('hush-hush');
  });
});

describe('doctor finds, in the topics,', () => {
  test('that they do not exist, and still tries the account: nothing can be on record', async () => {
    const stage = await setStage({ hasTopics: false });
    const diagnosis = await examine(await stage.configure());
    const found = only(diagnosis, 'topics-missing');
    expect(found.cause).toContain(`${stage.prefix}progress`);
    expect(found.remedy).toContain('cwa-bridge topics --create');
    expect(findingOf(diagnosis, 'account watcher', 'sign-out').status).toBe('ok');
  });

  test('a progress topic that Kafka would empty', async () => {
    const stage = await setStage();
    await alter(stage, 'progress', { 'cleanup.policy': 'delete' });
    const found = only(await examine(await stage.configure()), 'topic-cleanup');
    expect(found.remedy).toContain(`--topic ${stage.prefix}progress --add-config cleanup.policy=compact`);
  });

  test('more replicas wanted in sync than there are', async () => {
    const stage = await setStage();
    await alter(stage, 'presence', { 'min.insync.replicas': '2' });
    const found = only(await examine(await stage.configure()), 'min-insync-too-high');
    expect(found.remedy).toContain('min.insync.replicas=1');
  });

  test('a retention that is not the planned one, which is a warning', async () => {
    const stage = await setStage();
    const settings = { 'cleanup.policy': 'delete', 'min.insync.replicas': '1', 'retention.ms': '1000000' };
    await alter(stage, 'presence', settings);
    const diagnosis = await examine(await stage.configure());
    expect(warningsOf(diagnosis)).toEqual(['topic-differs']);
    expect(findingOf(diagnosis, 'topics', 'settings').remedy).toContain('topics --diff');
  });
});

describe('doctor finds, in the progress topic,', () => {
  test('another number of partitions than shards', async () => {
    const stage = await setStage();
    const found = only(await examine(await stage.configure({ kafka: { shards: 2 } })), 'shards-differ');
    expect(found.remedy).toContain('kafka.shards: 1');
  });

  test('more partitions than when the shards were claimed', async () => {
    const stage = await setStage();
    await commit(stage, [claimOf(stage)]);
    const topicPartitions = [{ topic: `${stage.prefix}progress`, count: 2 }];
    await withAdmin(stage, (admin) => admin.createPartitions({ topicPartitions }));
    const found = only(await examine(await stage.configure({ kafka: { shards: 2 } })), 'shards-grown');
    expect(found.remedy).toContain('kafka.topics.names.progress');
  });

  test('another installation', async () => {
    const stage = await setStage();
    await commit(stage, [claimOf(stage, { installation: 'somebody-else' })]);
    const found = only(await examine(await stage.configure()), 'progress-of-other');
    expect(found.cause).toContain('somebody-else');
    expect(found.remedy).toContain('installation');
  });

  test('a record of a newer version', async () => {
    const stage = await setStage();
    await commit(stage, [{ key: progressKey('watcher'), value: JSON.stringify({ formatVersion: 99 }) }]);
    const found = only(await examine(await stage.configure()), 'progress-format');
    expect(found.cause).toContain('newer');
  });

  test.each([
    ['another key under the same id', 'new', 'sealing-key-wrong', 'a new key a new `id`'],
    ['a key that is gone', 'old', 'sealing-key-missing', 'add the key "old"'],
  ])('%s', async (_, sealedWith, code, remedy) => {
    const stage = await setStage();
    const { installation } = stage;
    const context = { installation, accountId: 'watcher', generation: 7, sid: '412' };
    const sealed = seal([{ id: sealedWith, key: randomBytes(32) }], context, '{}');
    await commit(stage, [progressOf({ generation: 7, sid: '412', sealed })]);
    const sealing = { keys: [{ id: 'new', key: randomBytes(32).toString('base64') }] };
    expect(only(await examine(await stage.configure({ sealing })), code).remedy).toContain(remedy);
  });

  test('times of the future, which is a warning', async () => {
    const stage = await setStage();
    await commit(stage, [claimOf(stage, { at: Date.now() + 3_600_000 })]);
    const diagnosis = await examine(await stage.configure());
    expect(warningsOf(diagnosis)).toEqual(['clock-behind-progress']);
    expect(findingOf(diagnosis, 'progress', 'clock').remedy).toContain('NTP');
  });

  test('and changes nothing in Kafka', async () => {
    const stage = await setStage();
    await commit(stage, [claimOf(stage)]);
    const state = async (): Promise<unknown> => {
      let seen: unknown;
      await withAdmin(stage, async (admin) => {
        const names = (await admin.listTopics()).filter((topic) => topic.startsWith(stage.prefix)).sort();
        const offsets = await Promise.all(names.map((topic) => admin.fetchTopicOffsets(topic)));
        const { groups } = await admin.listGroups();
        seen = { names, offsets, groups: groups.filter(({ groupId }) => groupId.startsWith(stage.installation)) };
      });
      return seen;
    };
    const before = await state();
    expect((await examine(await stage.configure())).status).toBe(0);
    expect(await state()).toEqual(before);
  });
});

describe('doctor finds, in the schema registry,', () => {
  const registry = (port: number): Settings => ({
    kafka: { format: 'avro', schemaRegistry: { url: `http://127.0.0.1:${String(port)}` } },
  });

  test('that it is not there', async () => {
    const stage = await setStage();
    const found = only(await examine(await stage.configure(registry(await closedPort())), NO_SIGN_IN), 'registry-away');
    expect(found.remedy).toContain('kafka.schemaRegistry.url');
  });

  test('that it wants another login', async () => {
    const stage = await setStage();
    const port = await startWeb((_, response) => {
      response.writeHead(401).end();
    });
    const found = only(await examine(await stage.configure(registry(port)), NO_SIGN_IN), 'registry-denied');
    expect(found.remedy).toContain('passwordFile');
  });

  test('that it has no schemas and may not get them', async () => {
    const stage = await setStage();
    const port = await startWeb((_, response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error_code":40401,"message":"none"}');
    });
    const settings = { kafka: { format: 'avro', schemaRegistry: { url: `http://127.0.0.1:${String(port)}` } } };
    const strict = {
      kafka: { ...settings.kafka, schemaRegistry: { ...settings.kafka.schemaRegistry, autoRegister: false } },
    };
    expect((await examine(await stage.configure(settings), NO_SIGN_IN)).status).toBe(0);
    const found = only(await examine(await stage.configure(strict), NO_SIGN_IN), 'schema-unknown');
    expect(found.remedy).toContain('kafka.schemaRegistry.autoRegister');
  });
});
