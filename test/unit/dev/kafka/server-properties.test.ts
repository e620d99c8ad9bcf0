import { describe, expect, test } from 'vitest';

import { type ClusterSettings, serverProperties } from '../../../../dev/kafka/server-properties.ts';

function settingsOf(count: number, properties: Readonly<Record<string, string>> = {}): ClusterSettings {
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  return {
    nodes: ids.map((id) => ({ id, port: 20_000 + id, controllerPort: 30_000 + id, listeners: [] })),
    brokerSessionTimeoutMs: 1_500,
    properties,
  };
}

function propertiesOf(settings: ClusterSettings, id: number): ReadonlyMap<string, string> {
  const node = { id, port: 20_000 + id, controllerPort: 30_000 + id, listeners: [] };
  const lines = serverProperties(node, settings, '/data').trimEnd().split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('the properties of a local node', () => {
  test('one node keeps every internal topic alone', () => {
    const properties = propertiesOf(settingsOf(1), 1);
    expect(properties.get('controller.quorum.voters')).toBe('1@127.0.0.1:30001');
    expect(properties.get('transaction.state.log.replication.factor')).toBe('1');
    expect(properties.get('transaction.state.log.min.isr')).toBe('1');
    expect(properties.get('min.insync.replicas')).toBe('1');
  });

  test('three nodes vote together and commit to two', () => {
    const properties = propertiesOf(settingsOf(3), 2);
    expect(properties.get('controller.quorum.voters')).toBe('1@127.0.0.1:30001,2@127.0.0.1:30002,3@127.0.0.1:30003');
    expect(properties.get('listeners')).toBe('PLAINTEXT://127.0.0.1:20002,CONTROLLER://127.0.0.1:30002');
    for (const name of ['default', 'offsets.topic', 'transaction.state.log']) {
      expect(properties.get(`${name}.replication.factor`)).toBe('3');
    }
    expect(properties.get('min.insync.replicas')).toBe('2');
    expect(properties.get('transaction.state.log.min.isr')).toBe('2');
  });

  test('a further listener stands beside the plain-text one, with its protocol', () => {
    const listeners = [{ name: 'INNER', protocol: 'SASL_PLAINTEXT', port: 25_001 }] as const;
    const node = { id: 1, port: 20_001, controllerPort: 30_001, listeners };
    const lines = serverProperties(node, settingsOf(1), '/data').split('\n');
    const clients = 'PLAINTEXT://127.0.0.1:20001,INNER://127.0.0.1:25001';
    expect(lines).toContain(`listeners=${clients},CONTROLLER://127.0.0.1:30001`);
    expect(lines).toContain(`advertised.listeners=${clients}`);
    expect(lines).toContain(
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INNER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    );
  });

  test('a broker says several times within its session time-out that it lives', () => {
    const properties = propertiesOf(settingsOf(1), 1);
    const heartbeat = Number(properties.get('broker.heartbeat.interval.ms'));
    expect(Number(properties.get('broker.session.timeout.ms'))).toBeGreaterThanOrEqual(3 * heartbeat);
  });

  test('what the caller sets wins', () => {
    const properties = propertiesOf(settingsOf(1, { 'auto.create.topics.enable': 'true' }), 1);
    expect(properties.get('auto.create.topics.enable')).toBe('true');
  });
});
