import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { AnswerServer, BenchAccount } from './answer-server.ts';
import type { Subject } from './subject.ts';

/** What all contestants share. */
export interface Ring {
  readonly server: AnswerServer;
  readonly accounts: readonly BenchAccount[];
  readonly brokers: readonly string[];
  readonly shards: number;
  readonly scratch: string;
  readonly profileFolder: string | null;
}

/** A contestant at work. */
export interface Contest {
  readonly subject: Subject;
  /** What its topics' names begin with. */
  readonly prefix: string;
  /** Events that are done for good, so far. */
  readonly events: () => Promise<number>;
}

/** What is done with a contestant while it runs. */
export type Measure<T> = (contest: Contest) => Promise<T>;

/** Lets a contestant run for as long as `measure` takes. */
export async function during<T>(contest: Contest, measure: Measure<T>): Promise<T> {
  try {
    return await measure(contest);
  } finally {
    await contest.subject.stop();
  }
}

const BEGIN_TIMEOUT_MS = 60_000;

/**
 * Waits until so many events are done.
 *
 * @throws with the contestant's last words if it ends, or takes a minute.
 */
export async function untilEvents({ events, subject }: Contest, wanted: number): Promise<void> {
  const deadline = performance.now() + BEGIN_TIMEOUT_MS;
  while ((await events()) < wanted) {
    if (!subject.isRunning || performance.now() > deadline)
      throw new Error(`not ${wanted} events within a minute. Last words:\n${subject.lastWords}`);
    await delay(50);
  }
}

export function uniqueName(prefix: string): string {
  return `bench-${prefix}-${randomBytes(4).toString('hex')}`;
}

/** Path of a program beside this file. */
export function program(relativePath: string): string {
  return fileURLToPath(new URL(relativePath, import.meta.url));
}
