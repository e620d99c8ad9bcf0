import { readSecretKeys } from '../../config/secret-key.ts';
import { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { planTopics } from '../../kafka/topics.ts';
import { type BrokerChecks, checkBroker, kafkaUseOf, type ReachedBroker } from './check-broker.ts';
import { checkRights } from './check-rights.ts';
import { checkTopics, type TopicsSeen } from './check-topics.ts';
import type { DoctorLimits } from './limits.ts';
import { type CommittedProgress, NO_PROGRESS, readProgress } from './progress.ts';
import { verdictOnProgressClock, verdictOnSealing, verdictOnShards } from './progress-verdicts.ts';
import { deniedBy } from './rights.ts';
import type { Section, StepLimit } from './section.ts';
import { failed, notTried, ok, type Outcome } from './verdict.ts';

type NewSection = (subject: string) => Section;

export interface KafkaExamination {
  /** What is committed, as soon as it is known; null if it cannot be read. */
  readonly progress: Promise<CommittedProgress | null>;
  /** Everything about Kafka is checked. */
  readonly done: Promise<void>;
}

/** Every broker, then by one that lets us in: topics, rights, and what the progress topic says. */
export function examineKafka(checks: BrokerChecks, newSection: NewSection): KafkaExamination {
  const { brokers } = checks.configuration.kafka;
  const sections = brokers.map((address) => ({ address, section: newSection(`broker ${address}`) }));
  const topics = newSection('topics');
  const rights = newSection('rights');
  const progress = newSection('progress');
  const reached = sections.map(({ address, section }) => checkBroker(address, checks, section));
  const first = Promise.any(reached.map(presentOf)).catch(() => null);
  const seen = first.then((broker) => examineTopics(broker, checks, topics));
  const committed = Promise.all([first, seen]).then(([broker, facts]) =>
    examineProgress({ broker, facts, checks }, progress),
  );
  const done = Promise.all([
    Promise.all(reached).then((all) => examineOthers(all, checks, newSection)),
    Promise.all([first, seen]).then(([broker, facts]) => examineRights({ broker, facts, checks }, rights)),
    committed,
  ]).then(async () => closeAll(await Promise.all(reached)));
  return { progress: committed, done };
}

async function presentOf(reached: Promise<ReachedBroker | null>): Promise<ReachedBroker> {
  const broker = await reached;
  if (broker === null) throw new Error('this broker does not let us in');
  return broker;
}

function closeAll(brokers: readonly (ReachedBroker | null)[]): void {
  for (const broker of brokers) broker?.probe.close();
}

/** The brokers that were not configured: clients are led to them, at the addresses that they give. */
async function examineOthers(
  reached: readonly (ReachedBroker | null)[],
  checks: BrokerChecks,
  newSection: NewSection,
): Promise<void> {
  const advertised = new Set(reached.flatMap((broker) => broker?.advertised ?? []));
  for (const address of checks.configuration.kafka.brokers) advertised.delete(address);
  const others = [...advertised].map((address) =>
    checkBroker(address, checks, newSection(`broker ${address} (advertised)`)),
  );
  closeAll(await Promise.all(others));
}

async function examineTopics(
  broker: ReachedBroker | null,
  { configuration, limits }: BrokerChecks,
  section: Section,
): Promise<TopicsSeen | null> {
  if (broker === null) {
    section.skip(['topics', 'replicas', 'settings'], 'brokers');
    return null;
  }
  const { shards, topics } = configuration.kafka;
  const plans = planTopics({ ...topics, shards, brokers: broker.advertised.length });
  const { orders, progress } = topics.names;
  return section.gather('topics', slow(limits.questionsMs), (signal) =>
    checkTopics({ plans, orders, progress }, broker.probe, section, signal),
  );
}

function slow(ms: number): StepLimit {
  const verdict = failed(
    'broker-slow',
    `the broker let us in and did not answer all questions within ${String(ms)} ms`,
    'look at the load of the brokers, and at their logs',
  );
  return { ms, verdict };
}

/** What the later checks build on; null where it could not be had. */
interface KafkaFacts {
  readonly broker: ReachedBroker | null;
  readonly facts: TopicsSeen | null;
  readonly checks: BrokerChecks;
}

async function examineRights({ broker, facts, checks }: KafkaFacts, section: Section): Promise<void> {
  const { installation, kafka } = checks.configuration;
  if (broker === null || facts === null) {
    section.skip(['transactional-id', 'write', 'coordinator', 'read', 'group'], broker === null ? 'brokers' : 'topics');
    return;
  }
  const { names } = kafka.topics;
  const topics = Object.values(names).filter((topic) => !facts.hidden.has(topic));
  const { orders: ordersTopic, progress: progressTopic } = names;
  const asked = { installation, shards: kafka.shards, progressTopic, ordersTopic, topics };
  await section.gather('rights', slow(checks.limits.questionsMs), (signal) =>
    checkRights(asked, broker.probe, section, signal),
  );
}

const PROGRESS_CHECKS = ['shards', 'sealing', 'clock'] as const;

async function examineProgress(known: KafkaFacts, section: Section): Promise<CommittedProgress | null> {
  const { broker, checks, facts } = known;
  if (broker === null || facts === null) {
    section.skip(PROGRESS_CHECKS, broker === null ? 'brokers' : 'topics');
    return null;
  }
  const partitions = facts.partitions.get(checks.configuration.kafka.topics.names.progress);
  if (partitions === undefined) {
    section.skip(PROGRESS_CHECKS, 'topics');
    // A topic that cannot be seen may hold refusals; one that is not there holds none.
    return facts.hidden.has(checks.configuration.kafka.topics.names.progress) ? null : NO_PROGRESS;
  }
  const progress = await section.step('progress', slowProgress(checks.limits), (signal) =>
    readCommitted(broker, checks, signal),
  );
  if (progress === null) section.skip(PROGRESS_CHECKS);
  else await addProgressVerdicts(section, progress, { checks, partitions });
  return progress;
}

function slowProgress({ progressMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'progress-slow',
    `the progress topic could not be read within ${String(progressMs)} ms`,
    'look at its size and cleaning (`cwa-bridge topics --diff`), and at the right to READ it',
  );
  return { ms: progressMs, verdict };
}

async function readCommitted(
  { address }: ReachedBroker,
  checks: BrokerChecks,
  signal: AbortSignal,
): Promise<Outcome<CommittedProgress>> {
  const { accounts, kafka } = checks.configuration;
  const log = new KafkajsLog({ ...kafkaUseOf(checks), brokers: [address] });
  try {
    const ids = accounts.map(({ id }) => id);
    const value = await readProgress(log.createScanner(), kafka.topics.names.progress, ids, signal);
    return { ...ok(`read: ${String(value.accounts.size)} of ${String(ids.length)} accounts have progress`), value };
  } catch (error) {
    // The check of this right says so, and what to do.
    if (deniedBy(error)) return notTried('depends', 'not tried because of read');
    throw error;
  } finally {
    await log.close();
  }
}

async function addProgressVerdicts(
  section: Section,
  progress: CommittedProgress,
  { checks, partitions }: { readonly checks: BrokerChecks; readonly partitions: number },
): Promise<void> {
  const { installation, kafka, sealing } = checks.configuration;
  const progressTopic = kafka.topics.names.progress;
  section.add('shards', verdictOnShards({ installation, progressTopic, shards: kafka.shards, partitions }, progress));
  section.add('sealing', verdictOnSealing(installation, await readSecretKeys(sealing.keys), progress));
  section.add('clock', verdictOnProgressClock(checks.clock.now(), progress));
}
