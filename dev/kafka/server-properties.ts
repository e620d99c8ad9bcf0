/** What differs between the nodes of one cluster. */
export interface NodeAddress {
  /** `node.id`, from 1. */
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Beside the plain-text one. */
  readonly listeners: readonly Listener[];
}

/** A further listener, for tests of TLS, SASL and rights; the properties say what it needs. */
export interface Listener {
  /** Upper case, such as `SASL`. */
  readonly name: string;
  readonly protocol: 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly port: number;
}

export interface ClusterSettings {
  /** All nodes, each of which is broker and controller in one. */
  readonly nodes: readonly NodeAddress[];
  /**
   * How long a silent broker counts as alive, in milliseconds. A broker that was killed cannot come back before,
   * and one that is stopped with SIGSTOP for longer loses its leaderships.
   */
  readonly brokerSessionTimeoutMs: number;
  /** Further broker properties; these win. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * `server.properties` of one node: KRaft, plain text on 127.0.0.1, internal topics as small and as replicated as
 * the cluster allows, and nothing created by accident (`auto.create.topics.enable=false`).
 */
export function serverProperties(node: NodeAddress, settings: ClusterSettings, dataFolder: string): string {
  const replicas = Math.min(settings.nodes.length, 3);
  const inSync = Math.max(1, replicas - 1);
  const clients = [{ name: 'PLAINTEXT', protocol: 'PLAINTEXT', port: node.port }, ...node.listeners];
  const addresses = clients.map(({ name, port }) => `${name}://127.0.0.1:${String(port)}`).join(',');
  const protocols = clients.map(({ name, protocol }) => `${name}:${protocol}`).join(',');
  const properties: Readonly<Record<string, string | number>> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': settings.nodes
      .map((each) => `${String(each.id)}@127.0.0.1:${String(each.controllerPort)}`)
      .join(','),
    listeners: `${addresses},CONTROLLER://127.0.0.1:${String(node.controllerPort)}`,
    'advertised.listeners': addresses,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `${protocols},CONTROLLER:PLAINTEXT`,
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': replicas,
    'group.initial.rebalance.delay.ms': 0,
    'broker.session.timeout.ms': settings.brokerSessionTimeoutMs,
    'broker.heartbeat.interval.ms': Math.floor(settings.brokerSessionTimeoutMs / 5),
    // The default, 128 MiB, is a third of the heap that a node gets here.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...settings.properties,
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${String(value)}\n`);
  return lines.join('');
}
