import type { KafkajsProbe } from '../../kafka/kafkajs/probe.ts';
import { KafkaError } from '../../kafka/kafka-error.ts';
import { transactionalIdOf } from '../../kafka/shard-settings.ts';
import { deniedBy } from './rights.ts';
import type { Section } from './section.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

export interface RightsAsked {
  readonly installation: string;
  readonly shards: number;
  readonly progressTopic: string;
  /** `run` only reads it. */
  readonly ordersTopic: string;
  /** All topics that can be seen, these two among them. */
  readonly topics: readonly string[];
}

/** Asks for each right that `run` needs, one by one, and writes nothing: see {@link KafkajsProbe}. */
export async function checkRights(
  asked: RightsAsked,
  probe: KafkajsProbe,
  section: Section,
  signal: AbortSignal,
): Promise<void> {
  const { installation, shards, progressTopic, ordersTopic, topics } = asked;
  const written = topics.filter((topic) => topic !== ordersTopic);
  const ids = Array.from({ length: shards }, (_, shard) => transactionalIdOf(installation, shard));
  const deniedIds = await deniedOf(ids, (id) => probe.askToWrite(progressTopic, id, signal), 'TRANSACTIONAL_ID');
  section.add('transactional-id', verdictOnIds(deniedIds, ids.length, installation));
  const allowed = ids.find((id) => !deniedIds.includes(id));
  if (allowed === undefined) section.skip(['write', 'coordinator'], 'transactional-id');
  else {
    const unwritable = await deniedOf(written, (topic) => probe.askToWrite(topic, allowed, signal));
    section.add('write', verdictOnWrite(unwritable, written.length));
    section.add('coordinator', await verdictOnCoordinator(probe, allowed, signal));
  }
  const unreadable = await deniedOf(topics, (topic) => probe.askToRead(topic, signal));
  for (const verdict of verdictsOnRead(unreadable, asked)) section.add('read', verdict);
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

function verdictsOnRead(denied: readonly string[], { ordersTopic, progressTopic }: RightsAsked): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  if (denied.includes(progressTopic)) {
    const cause = `no right to read ${progressTopic}: \`run\` cannot recover`;
    verdicts.push(failed('acl-read', cause, allow('Read', topicsIn([progressTopic]))));
  }
  if (denied.includes(ordersTopic)) {
    const cause = `no right to read ${ordersTopic}: \`run\` does not hear pause, resume, refresh and sign-out`;
    verdicts.push(warning('acl-read-orders', cause, allow('Read', topicsIn([ordersTopic]))));
  }
  const other = denied.filter((topic) => topic !== progressTopic && topic !== ordersTopic);
  if (other.length > 0) {
    const cause = `no right to read ${other.join(', ')}, which only \`verify\` and \`deadletter\` need`;
    verdicts.push(
      warning('acl-read-data', cause, `nothing, if others run these; else ${allow('Read', topicsIn(other))}`),
    );
  }
  return verdicts.length > 0 ? verdicts : [ok('READ on all topics')];
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
