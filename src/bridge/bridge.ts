import type { PollResult } from '../cwa/poll.ts';
import { DocumentRefusedError } from '../cwa/document-refused-error.ts';
import { TransientError } from '../cwa/errors.ts';
import { present, unreachable } from '../lib/assert.ts';
import { backoffMs } from '../lib/backoff.ts';
import { failureOf, isAbort } from './failure.ts';
import { whileKeepingAlive } from './keep-alive.ts';
import { type BridgeParts, planContext } from './parts.ts';
import {
  afterFailure,
  type Failure,
  firstPhase,
  OPEN,
  type OpeningPhase,
  type OpenPhase,
  type Phase,
} from './phase.ts';
import type { Plan } from './plan.ts';
import { planPartitionsChanged } from './plan-partitions.ts';
import { planPoison, planQuarantineLifted } from './plan-poison.ts';
import { planSnapshotEnd } from './plan-snapshot.ts';
import { publishAnswer } from './publish-answer.ts';
import { UserUpkeep } from './user-upkeep.ts';
import { beginGeneration, openSession, resumeSession, signIn, subscribe } from './session-steps.ts';

/** A quarantine is waited out in turns of this length, so that the loop is seen to turn. */
const QUARANTINE_TURN_MS = 10_000;

/**
 * One account, from its committed progress to the next poll, for as long as the daemon runs:
 *
 *     recover progress → open session → poll(ackId) → parse → order → normalize → publish → next poll
 *
 * The next poll is the acknowledgement. It carries the `ackId` of `cursor.progress`, which moves in one place only:
 * `cursor.advance`, when Kafka has committed the answer's records and the progress they lead to in one transaction
 * (I1, I2). One answer is in flight; while its commit is pending the session is kept alive with the old `ackId`.
 *
 * A failed step never moves the cursor. What it leads to is a value, {@link Phase}, decided by `phase.ts`.
 */
export class Bridge {
  readonly #parts: BridgeParts;
  readonly #upkeep: UserUpkeep;
  #phase: Phase;
  #pollWaitMs: number;
  #sessionTimeoutSeconds: number | null = null;

  /** @param hasTicket whether the client already holds the secrets of the recovered session. */
  constructor(parts: BridgeParts, hasTicket: boolean) {
    this.#parts = parts;
    this.#upkeep = new UserUpkeep(parts);
    this.#phase = firstPhase(parts.cursor.progress, hasTicket);
    this.#pollWaitMs = parts.settings.session.pollWaitMinMs;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /**
   * Runs until `signal` aborts or the account stops. An open session is left open: see `leave.ts`.
   *
   * @throws whatever the shard throws when it is lost: this process must not go on with the account.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { beat, observer } = this.#parts;
    await this.#upkeep.begin();
    if (this.#phase.kind === 'open') this.#phase = await resumeSession(this.#parts, this.#phase);
    observer.phaseChanged(this.#phase);
    while (!signal.aborted && this.#phase.kind !== 'stopped') {
      beat();
      await this.#turn(signal);
      await this.#upkeep.flagIfDown(signal);
    }
    await this.#upkeep.untilFlagged(signal);
  }

  /** One step; a failure becomes the phase that it leads to. */
  async #turn(signal: AbortSignal): Promise<void> {
    const before = this.#phase;
    try {
      this.#enter(await this.#step(before, signal));
    } catch (error) {
      const failure = failureOf(error);
      if (signal.aborted && (failure !== null || isAbort(error, signal))) return;
      if (failure === null) throw error;
      await this.#afterFailure(before, failure, error, signal);
    }
    this.#countUsers();
  }

  /** Told before anything is logged or waited for: who reads the log finds `/status` and the metrics in agreement. */
  #enter(phase: Phase): void {
    const hasChanged = phase !== this.#phase;
    this.#phase = phase;
    if (hasChanged) this.#parts.observer.phaseChanged(phase);
  }

  #countUsers(): void {
    const { cursor, observer, settings } = this.#parts;
    const { snapshotSince, users, watch } = cursor.progress;
    const configured = settings.account.users.length;
    const subscribed = watch.hash === null ? 0 : configured;
    const awaited = watch.pending.length;
    observer.usersChanged({
      configured,
      subscribed,
      seen: Math.max(0, subscribed - awaited),
      missing: snapshotSince === null ? awaited : 0,
      stale: [...users.values()].filter(({ current }) => current.isStale).length,
    });
  }

  #step(phase: Phase, signal: AbortSignal): Promise<Phase> {
    switch (phase.kind) {
      case 'opening':
        return this.#stepOpening(phase, signal);
      case 'open':
        return this.#stepOpen(phase, signal);
      case 'quarantined':
        return this.#sitOut(phase.until, signal);
      case 'stopped':
        return Promise.resolve(phase);
      default:
        return unreachable(phase);
    }
  }

  async #stepOpening(phase: OpeningPhase, signal: AbortSignal): Promise<Phase> {
    if (!phase.isBegun) return beginGeneration(this.#parts, phase);
    if (phase.needsSignIn) return signIn(this.#parts, phase, signal);
    const opened = await openSession(this.#parts, signal);
    this.#pollWaitMs = this.#clampPollWait(opened.pollWaitTimeMs);
    return opened.phase;
  }

  async #stepOpen(phase: OpenPhase, signal: AbortSignal): Promise<Phase> {
    if (phase.needsSignIn) return signIn(this.#parts, phase, signal);
    if (phase.toSubscribe.length > 0)
      return subscribe(this.#parts, (plan) => this.#commit(plan, signal), phase, signal);
    const { cursor, settings } = this.#parts;
    const { generation } = cursor.progress;
    const result = await this.#poll(signal);
    if (result.kind === 'events') {
      await publishAnswer(this.#parts, (plan) => this.#commit(plan, signal), result);
    }
    await this.#upkeep.afterPoll((plan) => this.#commit(plan, signal));
    await this.#commitWhatIsDue(signal);
    await this.#parts.clock.sleep(this.#pollWaitMs, signal);
    // The server counts anew: whom it still watches for us is doubtful.
    return cursor.progress.generation === generation ? OPEN : { ...OPEN, toSubscribe: settings.account.users };
  }

  async #poll(signal: AbortSignal): Promise<PollResult> {
    const { client, clock, observer } = this.#parts;
    const startedAt = clock.monotonic();
    const result = await client.poll(this.#pollRequest(), signal);
    this.#upkeep.polled();
    const hasEvents = result.kind === 'events' && result.answer.events.length > 0;
    observer.polled(hasEvents ? 'events' : 'nothing', clock.monotonic() - startedAt);
    if (result.kind === 'events') {
      const { pollWaitTimeMs, sessionTimeoutSeconds } = result.answer;
      this.#pollWaitMs = this.#clampPollWait(pollWaitTimeMs);
      this.#sessionTimeoutSeconds = sessionTimeoutSeconds ?? this.#sessionTimeoutSeconds;
      observer.answerReceived({ bytes: result.bodyBytes, sessionTimeoutSeconds });
    }
    return result;
  }

  /** The acknowledgement that Kafka has committed, and no other. */
  #pollRequest() {
    const { cursor, settings } = this.#parts;
    const { ackId, sid } = cursor.progress;
    return { sid: present(sid, 'sid of an open session'), ackId, isUserActive: settings.isUserActive };
  }

  /** What there is to say beside the answer; else, once in a while, what changed although nothing was published. */
  async #commitWhatIsDue(signal: AbortSignal): Promise<void> {
    const { clock, cursor, settings, takePartitionChanges } = this.#parts;
    const changes = takePartitionChanges();
    if (changes.length > 0) {
      await this.#commit(planPartitionsChanged(planContext(this.#parts), cursor.progress, changes), signal);
    }
    const { progressIntervalMs, snapshotTimeoutMs } = settings.session;
    const snapshotEnd = planSnapshotEnd(planContext(this.#parts), cursor.progress, snapshotTimeoutMs);
    if (snapshotEnd !== null) await this.#commit(snapshotEnd, signal);
    const isOld = clock.now() - cursor.progress.committedAt >= progressIntervalMs;
    if (isOld && cursor.hasUnsealedSecrets) await this.#commit({ records: [], next: cursor.progress }, signal);
  }

  #commit(plan: Plan, signal: AbortSignal): Promise<void> {
    const { clock, cursor, observer, settings } = this.#parts;
    const quarterMs = (this.#sessionTimeoutSeconds ?? Number.POSITIVE_INFINITY) * 250;
    const keepAlive = {
      clock,
      intervalMs: Math.min(settings.session.keepAliveMs, quarterMs),
      poll: (over: AbortSignal) => this.#keepAlive(over),
      onPending: (pendingMs: number) => observer.unacknowledged(pendingMs),
    };
    return whileKeepingAlive(cursor.advance(plan), keepAlive, signal);
  }

  /** Whatever it says, it changes nothing: the next real poll finds out. */
  async #keepAlive(over: AbortSignal): Promise<void> {
    const { beat, client, clock, log, observer } = this.#parts;
    beat();
    const startedAt = clock.monotonic();
    try {
      await client.keepAlivePoll({ ...this.#pollRequest(), isUserActive: true }, over);
      this.#upkeep.polled();
      observer.polled('keep-alive', clock.monotonic() - startedAt);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null && !isAbort(error, over)) throw error;
      if (failure !== null && failure !== 'sign-in-refused') observer.polled(failure, clock.monotonic() - startedAt);
      log.debug({ err: error }, 'keep-alive poll failed');
    }
  }

  async #afterFailure(before: Phase, failure: Failure, error: unknown, signal: AbortSignal): Promise<void> {
    const { log, observer, settings } = this.#parts;
    const { phase, wait, givesUpDocument } = afterFailure(before, failure, settings.session);
    this.#enter(phase);
    const isPoll = before.kind === 'open' && !before.needsSignIn && before.toSubscribe.length === 0;
    if (isPoll && failure !== 'sign-in-refused') observer.polled(failure, null);
    if (givesUpDocument && error instanceof DocumentRefusedError) {
      this.#enter(await this.#giveUp(error));
      return;
    }
    const waitMs = this.#waitAfter(phase, wait, error);
    const fields = { err: error, failure, phase: phase.kind, waitMs: Math.round(waitMs) };
    if (phase.kind === 'stopped') log.error(fields, 'account stopped: a person has to act');
    else if (waitMs >= LOUD_WAIT_MS) log.warn(fields, 'step failed');
    else log.info(fields, 'step failed');
    await this.#upkeep.wait(waitMs, signal);
  }

  #waitAfter(phase: Phase, wait: 'none' | 'backoff' | 'long', error: unknown): number {
    const { random, settings } = this.#parts;
    switch (wait) {
      case 'none':
        return 0;
      case 'long':
        return settings.session.longWaitMs;
      case 'backoff': {
        const failures = phase.kind === 'opening' || phase.kind === 'open' ? Math.max(1, phase.failures) : 1;
        const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
        return Math.max(
          backoffMs(failures, settings.session.backoff, random),
          Math.min(asked, settings.session.longWaitMs),
        );
      }
      default:
        return unreachable(wait);
    }
  }

  /** Dead letter, gap and new generation in one transaction (I8). */
  async #giveUp(error: DocumentRefusedError): Promise<Phase> {
    const { cursor, log, observer } = this.#parts;
    const { plan, phase } = planPoison(planContext(this.#parts), cursor.progress, error);
    await cursor.advance(plan);
    observer.deadLettered(error.reason, 1);
    observer.gapOpened('poison');
    log.error({ err: error, phase: phase.kind }, 'answer given up: see the dead letter');
    return phase;
  }

  async #sitOut(until: number, signal: AbortSignal): Promise<Phase> {
    const { clock, cursor, log } = this.#parts;
    const waitMs = until - clock.now();
    if (waitMs > 0) {
      await clock.sleep(Math.min(waitMs, QUARANTINE_TURN_MS), signal);
      return this.#phase;
    }
    const { plan, phase } = planQuarantineLifted(planContext(this.#parts), cursor.progress);
    await cursor.advance(plan);
    log.warn({}, 'quarantine over: trying again');
    return phase;
  }

  #clampPollWait(askedMs: number | null): number {
    const { pollWaitMaxMs, pollWaitMinMs } = this.#parts.settings.session;
    return Math.min(pollWaitMaxMs, Math.max(pollWaitMinMs, askedMs ?? this.#pollWaitMs));
  }
}

/** A retry grows louder with its delay. */
const LOUD_WAIT_MS = 5_000;
