import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LocalCluster } from '../../dev/kafka/local-cluster.ts';
import { present } from '../../src/lib/assert.ts';
import { type Settings, setStage, type Stage } from '../support/bridge.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { claimOf, commit } from '../support/committed-progress.ts';
import { type Diagnosis, examine, findingOf, only, warningsOf } from '../support/doctor.ts';
import { until } from '../support/until.ts';

/** A broker that asks who one is, and a person who may do everything at the plain-text port. */
let cluster: LocalCluster;
let authority: CertificateAuthority;
let admin: Admin;

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const PRINCIPAL = 'User:bridge';
const PASSWORD = 'hush-hush';
const PACKAGE = 'org.apache.kafka.common.security';
const SUPER = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  const { cert, key } = await authority.issue({ alternativeNames: 'DNS:localhost,IP:127.0.0.1' });
  const pem = join(authority.folder, 'broker.pem');
  await writeFile(pem, Buffer.concat([key, cert]));
  cluster = await LocalCluster.start({
    nodes: 1,
    listeners: { SASL: 'SASL_PLAINTEXT', TLS: 'SSL' },
    formatArguments: ['-S', `SCRAM-SHA-512=[name=bridge,password=${PASSWORD}]`],
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
      'listener.name.sasl.plain.sasl.jaas.config': `${PACKAGE}.plain.PlainLoginModule required user_bridge="${PASSWORD}";`,
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${PACKAGE}.scram.ScramLoginModule required;`,
      'listener.name.tls.ssl.keystore.type': 'PEM',
      'listener.name.tls.ssl.keystore.location': pem,
      'authorizer.class.name': SUPER,
      'super.users': 'User:ANONYMOUS',
    },
  });
  const quiet = { brokers: [...cluster.brokers], logLevel: kafkajs.logLevel.NOTHING };
  admin = new kafkajs.Kafka(quiet).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await cluster.stop();
  await authority.remove();
});

function sasl(change: Settings = {}): Settings {
  const login = { mechanism: 'plain', username: 'bridge', password: PASSWORD, ...change };
  return { kafka: { brokers: [cluster.node(1).addressOf('SASL')], sasl: login } };
}

/** A stage on the guarded broker; its topics are made by the person who may. */
function guarded(hasTopics = true): Promise<Stage> {
  return setStage({ brokers: cluster.brokers, hasTopics });
}

type Right = Pick<AclEntry, 'operation' | 'resourceName' | 'resourcePatternType' | 'resourceType'>;

/** What `run` needs, and READ on all topics for `verify` beside it. */
function rightsOf({ installation, prefix }: Stage): Readonly<Record<string, readonly Right[]>> {
  const topics = { resourceType: AclResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.PREFIXED };
  const prefixed = { resourcePatternType: ResourcePatternTypes.PREFIXED, resourceName: `${installation}-` };
  const on = (operation: Right['operation']): Right => ({ ...topics, resourceName: prefix, operation });
  return {
    write: [on(AclOperationTypes.WRITE)],
    read: [on(AclOperationTypes.READ)],
    settings: [on(AclOperationTypes.DESCRIBE_CONFIGS)],
    transactions: [
      { ...prefixed, resourceType: AclResourceTypes.TRANSACTIONAL_ID, operation: AclOperationTypes.WRITE },
    ],
    group: [{ ...prefixed, resourceType: AclResourceTypes.GROUP, operation: AclOperationTypes.READ }],
  };
}

function on(stage: Stage, topic: string, operation: Right['operation']): Right {
  const resourceName = `${stage.prefix}${topic}`;
  return {
    resourceType: AclResourceTypes.TOPIC,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    resourceName,
    operation,
  };
}

/** Resolves when the broker goes by them. */
async function permit(rights: readonly Right[], permissionType = AclPermissionTypes.ALLOW): Promise<void> {
  const acl = rights.map((right) => ({ ...right, principal: PRINCIPAL, host: '*', permissionType }));
  await admin.createAcls({ acl });
  const last = present(acl.at(-1), 'a right');
  await until('the rights stand', async () => (await admin.describeAcls(last)).resources.length > 0);
}

/** Gives all rights but one, then those of `instead`. */
async function examineWithout(
  stage: Stage,
  missing: string | null,
  denied: readonly Right[] = [],
  instead: readonly Right[] = [],
): Promise<Diagnosis> {
  const rights = Object.entries(rightsOf(stage)).filter(([name]) => name !== missing);
  await permit([...rights.flatMap(([, list]) => list), ...instead]);
  if (denied.length > 0) await permit(denied, AclPermissionTypes.DENY);
  return examine(await stage.configure(sasl()));
}

describe('doctor logs in to a broker and finds', () => {
  test.each(['plain', 'scram-sha-512'])(
    'nothing amiss with the rights that are documented, by %s',
    async (mechanism) => {
      const stage = await guarded();
      await permit(Object.values(rightsOf(stage)).flat());
      const diagnosis = await examine(await stage.configure(sasl({ mechanism })));
      expect(diagnosis.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    },
  );

  test.each(['plain', 'scram-sha-512'])('a wrong password, by %s', async (mechanism) => {
    const stage = await guarded(false);
    const diagnosis = await examine(await stage.configure(sasl({ mechanism, password: 'not-that-one' })));
    const found = only(diagnosis, 'sasl-refused');
    expect(found.remedy).toContain('kafka.sasl.username');
    expect(JSON.stringify(diagnosis)).not.toContain('not-that-one');
  });

  test('a mechanism that the broker does not have', async () => {
    const stage = await guarded(false);
    const found = only(await examine(await stage.configure(sasl({ mechanism: 'scram-sha-256' }))), 'sasl-mechanism');
    expect(found.remedy).toContain('kafka.sasl.mechanism');
  });

  test('no login where one is wanted', async () => {
    const stage = await guarded(false);
    const kafka = { brokers: [cluster.node(1).addressOf('SASL')] };
    const found = only(await examine(await stage.configure({ kafka })), 'sasl-required');
    expect(found.remedy).toContain('kafka.sasl.mechanism');
  });

  test('a private authority, and nothing amiss when it is known', async () => {
    const stage = await guarded();
    const tls = (ssl: Settings): Settings => ({
      kafka: { brokers: [cluster.node(1).addressOf('TLS')], ssl: { enabled: true, ...ssl } },
    });
    const found = only(await examine(await stage.configure(tls({}))), 'tls-authority');
    expect(found.remedy).toContain('kafka.ssl.caFile');
    expect((await examine(await stage.configure(tls({ caFile: authority.caFile })))).status).toBe(0);
  });

  test('plain text where TLS is spoken', async () => {
    const stage = await guarded(false);
    const kafka = { brokers: [cluster.node(1).addressOf('TLS')] };
    const found = only(await examine(await stage.configure({ kafka })), 'tls-expected');
    expect(found.remedy).toContain('kafka.ssl.enabled: true');
  });
});

describe('doctor asks for each right and finds missing', () => {
  test.each([
    ['transactions', 'acl-transactional-id', '--operation Write --transactional-id'],
    ['group', 'acl-group', '--operation Read --group'],
  ])('%s', async (missing, code, remedy) => {
    const stage = await guarded();
    const found = only(await examineWithout(stage, missing), code);
    expect(found.remedy).toContain(remedy);
    expect(found.remedy).toContain(stage.installation);
  });

  test('WRITE on all topics', async () => {
    const stage = await guarded();
    const found = only(await examineWithout(stage, 'write'), 'acl-write');
    expect(found.remedy).toContain(`--operation Write --topic ${stage.prefix}presence`);
  });

  test.each(['presence', 'deadletter', 'progress'])('WRITE on %s alone', async (topic) => {
    const stage = await guarded();
    const found = only(await examineWithout(stage, null, [on(stage, topic, AclOperationTypes.WRITE)]), 'acl-write');
    expect(found.cause).toBe(`no right to write to ${stage.prefix}${topic}`);
  });

  test('READ on the progress topic, and does not sign in: refusals may be on record', async () => {
    const stage = await guarded();
    await commit(stage, [claimOf(stage)]);
    const diagnosis = await examineWithout(stage, null, [on(stage, 'progress', AclOperationTypes.READ)]);
    const found = only(diagnosis, 'acl-read');
    expect(found.remedy).toContain(`--operation Read --topic ${stage.prefix}progress`);
    expect(findingOf(diagnosis, 'account watcher', 'sign-in').code).toBe('sign-in-budget-unknown');
  });

  test('READ on the other topics, which is a warning', async () => {
    const stage = await guarded();
    const instead = [on(stage, 'progress', AclOperationTypes.READ)];
    const diagnosis = await examineWithout(stage, 'read', [], instead);
    expect(warningsOf(diagnosis)).toEqual(['acl-read-orders', 'acl-read-data']);
    expect(diagnosis.status).toBe(0);
  });

  test('DESCRIBE on a topic', async () => {
    const stage = await guarded();
    const found = only(
      await examineWithout(stage, null, [on(stage, 'signin', AclOperationTypes.DESCRIBE)]),
      'acl-describe',
    );
    expect(found.cause).toContain(`${stage.prefix}signin`);
    expect(found.remedy).toContain('--operation Describe');
  });

  test('DESCRIBE_CONFIGS, which is a warning', async () => {
    const stage = await guarded();
    const diagnosis = await examineWithout(stage, 'settings');
    expect(warningsOf(diagnosis)).toEqual(['acl-describe-configs']);
    expect(diagnosis.status).toBe(0);
  });
});
