import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ALL_TOPICS } from '../src/records/topics/topics.ts';
import { type Capture, capture } from './capture.ts';
import { during, type Measure, program, type Ring, uniqueName, untilEvents } from './contest.ts';
import { Subject } from './subject.ts';
import { PARTITIONS, withTopics } from './topics.ts';

const CAPTURED_EVENTS = 8_000;
/** A session with one event an answer is slow: fewer have to do. */
const CAPTURED_ANSWERS = 2_000;

/** The bridge, as it is run in production. Events count when a poll has acknowledged them. */
export async function runPipeline<T>(ring: Ring, eventsPerAnswer: number, measure: Measure<T>): Promise<T> {
  const installation = uniqueName('pipeline');
  const prefix = `${installation}.`;
  const names = Object.values(ALL_TOPICS).map(({ defaultName }) => defaultName.replace(/^cwa\./, prefix));
  const topics = names.map((topic) => ({ topic, partitions: PARTITIONS }));
  const progress = { topic: `${prefix}progress`, partitions: ring.shards };
  return withTopics(ring.brokers, [...topics, progress], async () => {
    ring.server.begin(eventsPerAnswer);
    const file = path.join(ring.scratch, `${installation}.json`);
    await writeFile(file, JSON.stringify(configuration(ring, installation, prefix)));
    const flags = profileFlags(ring.profileFolder, eventsPerAnswer);
    const subject = new Subject([...flags, program('../src/main.ts'), 'run', '--config', file]);
    return during({ subject, prefix, events: () => Promise.resolve(ring.server.acknowledged) }, measure);
  });
}

/** Runs the bridge once to have its records, which kafkajs alone then sends. */
export async function captureRecords(ring: Ring, eventsPerAnswer: number): Promise<Capture> {
  const wanted = Math.min(CAPTURED_EVENTS, CAPTURED_ANSWERS * eventsPerAnswer);
  const file = path.join(ring.scratch, `records-${eventsPerAnswer}.ndjson`);
  return runPipeline({ ...ring, profileFolder: null }, eventsPerAnswer, async (contest) => {
    await untilEvents(contest, wanted);
    const topics = [`${contest.prefix}presence`, `${contest.prefix}progress`];
    return capture(ring.brokers, topics, wanted, file);
  });
}

/** Everything at its default, except what would make sessions wait. */
function configuration({ accounts, brokers, server, shards }: Ring, installation: string, prefix: string): object {
  return {
    installation,
    sites: [{ name: 'bench', baseUrl: server.url }],
    accounts: accounts.map(({ id, uri, user, users }) => ({
      ...{ id, site: 'bench', user, password: 'bench', uri },
      watch: { users },
    })),
    signIn: { attemptsPerMinute: 6_000 },
    kafka: { brokers, shards, topics: { prefix, partitions: PARTITIONS, replicationFactor: 1 } },
    session: { pollWaitMinMs: 10 },
    http: { host: '127.0.0.1', port: 0 },
  };
}

function profileFlags(folder: string | null, eventsPerAnswer: number): readonly string[] {
  if (folder === null) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${path.resolve(folder)}`, `--cpu-prof-name=${profileName(eventsPerAnswer)}`];
}

function profileName(eventsPerAnswer: number): string {
  return `pipeline-${eventsPerAnswer}-${Date.now()}.cpuprofile`;
}
