import type { KafkajsProbe } from '../../kafka/kafkajs-probe.ts';
import { KafkaError } from '../../kafka/kafka-error.ts';
import { transactionalIdOf } from '../../kafka/shard-settings.ts';
import { deniedBy } from './rights.ts';
import type { Section } from './section.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

export interface RightsAsked {
  readonly installation: string;
  readonly shards: number;
  readonly progressTopic: string;
  /** All topics that can be seen, the progress topic among them. */
  readonly topics: readonly string[];
}

/** Asks for each right that `run` needs, one by one, and writes nothing: see {@link KafkajsProbe}. */
export async function checkRights(
  asked: RightsAsked,
  probe: KafkajsProbe,
  section: Section,
  signal: AbortSignal,
): Promise<void> {
  const { installation, shards, progressTopic, topics } = asked;
  const ids = Array.from({ length: shards }, (_, shard) => transactionalIdOf(installation, shard));
  const deniedIds = await deniedOf(ids, (id) => probe.askToWrite(progressTopic, id, signal), 'TRANSACTIONAL_ID');
  section.add('transactional-id', verdictOnIds(deniedIds, ids.length, installation));
  const allowed = ids.find((id) => !deniedIds.includes(id));
  if (allowed === undefined) section.skip(['write', 'coordinator'], 'transactional-id');
  else {
    const unwritable = await deniedOf(topics, (topic) => probe.askToWrite(topic, allowed, signal));
    section.add('write', verdictOnWrite(unwritable, topics.length));
    section.add('coordinator', await verdictOnCoordinator(probe, allowed, signal));
  }
  const unreadable = await deniedOf(topics, (topic) => probe.askToRead(topic, signal));
  section.add('read', verdictOnRead(unreadable, progressTopic));
  const group = `${installation}-recover-doctor`;
  const deniedGroups = await deniedOf([group], (groupId) => probe.askToJoin(groupId, signal));
  section.add('group', verdictOnGroup(deniedGroups.length > 0, installation));
}

/** Those for which the question was answered with a missing right (of this resource). Every question throws. */
async function deniedOf(
  names: readonly string[],
  ask: (name: string) => Promise<void>,
  resource = '',
): Promise<readonly string[]> {
  const denied: string[] = [];
  for (const name of names) {
    try {
      await ask(name);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      if (deniedBy(error) && error.kafkaCode.startsWith(resource)) denied.push(name);
    }
  }
  return denied;
}

function verdictOnIds(denied: readonly string[], count: number, installation: string): Verdict {
  if (denied.length === 0) return ok(`WRITE on the ${String(count)} transactional ids of the shards`);
  return failed(
    'acl-transactional-id',
    `no right to write with the transactional ids ${denied.join(', ')}`,
    allow('Write', `--transactional-id ${installation}- --resource-pattern-type prefixed`),
  );
}

function verdictOnWrite(denied: readonly string[], count: number): Verdict {
  if (denied.length === 0) return ok(`WRITE on ${String(count)} topics`);
  return failed('acl-write', `no right to write to ${denied.join(', ')}`, allow('Write', topicsIn(denied)));
}

function verdictOnRead(denied: readonly string[], progressTopic: string): Verdict {
  if (denied.includes(progressTopic)) {
    return failed(
      'acl-read',
      `no right to read ${progressTopic}: \`run\` cannot recover`,
      allow('Read', topicsIn([progressTopic])),
    );
  }
  if (denied.length === 0) return ok('READ on all topics');
  return warning(
    'acl-read-data',
    `no right to read ${denied.join(', ')}, which only \`verify\` and \`deadletter\` need`,
    `nothing, if others run these; else ${allow('Read', topicsIn(denied))}`,
  );
}

function verdictOnGroup(isDenied: boolean, installation: string): Verdict {
  if (!isDenied) return ok(`READ on groups that begin with ${installation}-`);
  return failed(
    'acl-group',
    `no right to read by groups that begin with ${installation}-: \`run\` cannot recover`,
    allow('Read', `--group ${installation} --resource-pattern-type prefixed`),
  );
}

async function verdictOnCoordinator(probe: KafkajsProbe, id: string, signal: AbortSignal): Promise<Verdict> {
  try {
    await probe.findTransactionCoordinator(id, signal);
    return ok('transactions have a coordinator');
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    const { kafkaCode } = error;
    return failed(
      'no-coordinator',
      `transactions have no coordinator (${kafkaCode})`,
      'look at the topic __transaction_state: enough brokers for its replication (`transaction.state.log.replication.factor`, `transaction.state.log.min.isr`) must be up',
    );
  }
}

function topicsIn(topics: readonly string[]): string {
  return topics.map((topic) => `--topic ${topic}`).join(' ');
}

function allow(operation: string, resource: string): string {
  return `allow it: \`kafka-acls.sh --bootstrap-server … --add --allow-principal User:… --operation ${operation} ${resource}\``;
}
