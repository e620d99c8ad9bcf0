import { DocumentRefusedError } from '../cwa/documents/document-refused-error.ts';
import { unreachable } from '../lib/assert.ts';
import { Acknowledger } from './session/acknowledger.ts';
import { beginGeneration } from './session/begin-generation.ts';
import { commitWhatIsDue } from './between-polls.ts';
import { Canary } from './session/canary.ts';
import { endGivenUp } from './session/end-session.ts';
import { EnvelopeWatch } from './session/envelope-watch.ts';
import { failureOf, isAbort, isPollFailure } from './failure.ts';
import { failureWaitMs } from './failure-wait.ts';
import { logSnapshotEnd, logWhatHolds } from './lifecycle-log.ts';
import { carryOutOrder } from './orders/carry-out.ts';
import { holdStep } from './orders/hold-step.ts';
import { type BridgeParts, type Commit, planContext } from './parts.ts';
import {
  afterFailure,
  type Failure,
  firstPhase,
  OPEN,
  type OpeningPhase,
  type OpenPhase,
  type Phase,
} from './phase.ts';
import { planPoison, planQuarantineLifted } from './plans/plan-poison.ts';
import { Polling } from './polling.ts';
import { publishAnswer } from './publish-answer.ts';
import { throwIfSessionRefused } from './session/session-outcome.ts';
import { stoppedStep } from './sign-in/stopped.ts';
import { UserUpkeep } from './user-upkeep.ts';
import { Watching } from './watching/watching.ts';
import { openSession, resumeSession, signIn } from './session/session-steps.ts';

/** What takes longer is waited out in turns of this length: the loop is seen to turn, and does what it is told. */
const WAITING_TURN_MS = 10_000;

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
  readonly #watching: Watching;
  readonly #polling: Polling;
  readonly #canary: Canary;
  readonly #acknowledger: Acknowledger;
  readonly #envelopes: EnvelopeWatch;
  #phase: Phase;
  /** No step is tried before: a long wait is cut into turns. Monotonic. */
  #resumesAt = Number.NEGATIVE_INFINITY;

  /** @param hasTicket whether the client already holds the secrets of the recovered session. */
  constructor(parts: BridgeParts, hasTicket: boolean) {
    this.#parts = parts;
    this.#upkeep = new UserUpkeep(parts);
    this.#watching = new Watching(parts);
    this.#polling = new Polling(parts, () => {
      this.#upkeep.polled();
    });
    this.#canary = new Canary(parts);
    this.#acknowledger = new Acknowledger(parts);
    this.#envelopes = new EnvelopeWatch(parts);
    this.#phase = firstPhase(parts.cursor.progress, hasTicket);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /**
   * Runs until `signal` aborts; an account that is stopped waits. An open session is left open: see `leave.ts`.
   *
   * @throws whatever the shard throws when it is lost: this process must not go on with the account.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { beat, cursor, log, observer } = this.#parts;
    observer.holdChanged(cursor.progress.orders.hold);
    logWhatHolds(log, cursor.progress, this.#phase);
    await this.#watching.begin();
    if (this.#phase.kind === 'open') this.#phase = await resumeSession(this.#parts, this.#phase);
    observer.phaseChanged(this.#phase);
    while (!signal.aborted) {
      beat();
      await this.#turn(signal);
      await this.#upkeep.flagIfDown(signal);
    }
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
    this.#watching.countUsers();
  }

  /** Told before anything is logged or waited for: who reads the log finds `/status` and the metrics in agreement. */
  #enter(phase: Phase): void {
    const hasChanged = phase !== this.#phase;
    this.#phase = phase;
    if (hasChanged) this.#parts.observer.phaseChanged(phase);
  }

  /** What an operator asks comes first, in every phase: between two steps nothing is under way. */
  async #step(phase: Phase, signal: AbortSignal): Promise<Phase> {
    const { cursor } = this.#parts;
    await this.#watching.withoutSession(phase);
    const asked = await carryOutOrder(this.#parts, this.#commitIn(phase, signal), phase, signal);
    if (asked !== null) {
      this.#resumesAt = Number.NEGATIVE_INFINITY;
      return asked;
    }
    const leftMs = this.#resumesAt - this.#parts.clock.monotonic();
    if (leftMs > 0) {
      await this.#upkeep.wait(Math.min(leftMs, WAITING_TURN_MS), signal);
      return phase;
    }
    if (cursor.progress.orders.hold !== 'none') return holdStep(this.#parts, this.#polling, phase, signal);
    switch (phase.kind) {
      case 'opening':
        return this.#stepOpening(phase, signal);
      case 'open':
        return this.#stepOpen(phase, signal);
      case 'quarantined':
        return this.#sitOut(phase.until, signal);
      case 'stopped':
        return stoppedStep(this.#parts, phase, signal);
      default:
        return unreachable(phase);
    }
  }

  async #stepOpening(phase: OpeningPhase, signal: AbortSignal): Promise<Phase> {
    if (!phase.isBegun) return beginGeneration(this.#parts, phase, signal);
    if (phase.needsSignIn) return signIn(this.#parts, phase, signal);
    const opened = await openSession(this.#parts, signal);
    this.#polling.adoptWait(opened.pollWaitTimeMs);
    return opened.phase;
  }

  async #stepOpen(phase: OpenPhase, signal: AbortSignal): Promise<Phase> {
    if (phase.needsSignIn) return signIn(this.#parts, phase, signal);
    const commit = this.#commitIn(phase, signal);
    const watched = await this.#watching.step(commit, phase, signal);
    if (watched !== null) return watched;
    const { cursor, log, watch } = this.#parts;
    const before = cursor.progress;
    const result = await this.#polling.poll(signal);
    this.#envelopes.look(result, before);
    if (result.kind === 'events') {
      const { subscribers } = await publishAnswer(this.#parts, commit, result);
      this.#acknowledger.heard(subscribers, result.answer);
    }
    throwIfSessionRefused(result, cursor.progress);
    this.#watching.heard(result);
    await this.#upkeep.afterPoll(commit);
    await commitWhatIsDue(this.#parts, commit);
    logSnapshotEnd(log, before, cursor.progress);
    await this.#canary.afterPoll(result, commit, signal);
    await this.#acknowledger.afterPoll(commit, signal);
    await this.#parts.orders.sleep(this.#polling.waitMs, signal);
    // The server counts anew: whom it still watches for us is doubtful.
    return cursor.progress.generation === before.generation ? OPEN : { ...OPEN, toSubscribe: watch.users };
  }

  /** A session that is open is kept alive meanwhile. */
  #commitIn(phase: Phase, signal: AbortSignal): Commit {
    const { cursor } = this.#parts;
    return phase.kind === 'open' ? (plan) => this.#polling.commit(plan, signal) : (plan) => cursor.advance(plan);
  }

  async #afterFailure(before: Phase, failure: Failure, error: unknown, signal: AbortSignal): Promise<void> {
    const { log, observer, settings } = this.#parts;
    observer.stepFailed(failure);
    const { phase, wait, givesUpDocument } = afterFailure(before, failure, settings.session);
    this.#enter(phase);
    const isPoll = before.kind === 'open' && !before.needsSignIn && before.toSubscribe.length === 0;
    if (isPoll && isPollFailure(failure)) observer.polled(failure, null);
    if (givesUpDocument && error instanceof DocumentRefusedError) {
      this.#enter(await this.#giveUp(error, signal));
      return;
    }
    // What is not known is declared before it is waited out.
    if (phase.kind === 'opening' && !phase.isBegun && wait !== 'none') {
      const { sid } = this.#parts.cursor.progress;
      this.#enter(await beginGeneration(this.#parts, phase, signal));
      // Doubted, not known to be lost: the server may have it still.
      if (before.kind === 'open' && failure === 'transient') await endGivenUp(this.#parts, sid, signal);
    }
    const waitMs = failureWaitMs(this.#parts, phase, wait, error);
    const fields = { err: error, failure, phase: phase.kind, waitMs: Math.round(waitMs) };
    if (phase.kind === 'stopped') log.error(fields, 'account stopped: a person has to act');
    else if (waitMs >= LOUD_WAIT_MS) log.warn(fields, 'step failed');
    else log.info(fields, 'step failed');
    if (waitMs > WAITING_TURN_MS) this.#resumesAt = this.#parts.clock.monotonic() + waitMs;
    else await this.#upkeep.wait(waitMs, signal);
  }

  /** Dead letter, gap and new generation in one transaction (I8). The server may still have the session. */
  async #giveUp(error: DocumentRefusedError, signal: AbortSignal): Promise<Phase> {
    const { cursor, log, observer } = this.#parts;
    const { sid } = cursor.progress;
    const { plan, phase } = planPoison(planContext(this.#parts), cursor.progress, error);
    await cursor.advance(plan);
    observer.deadLettered(error.reason, 1);
    observer.gapOpened('poison');
    const { generation, openGapId: gapId } = cursor.progress;
    const until = phase.kind === 'quarantined' ? { until: new Date(phase.until).toISOString() } : {};
    log.error({ err: error, phase: phase.kind, generation, gapId, ...until }, 'answer given up: see the dead letter');
    await endGivenUp(this.#parts, sid, signal);
    return phase;
  }

  async #sitOut(until: number, signal: AbortSignal): Promise<Phase> {
    const { clock, cursor, log, orders } = this.#parts;
    const waitMs = until - clock.now();
    if (waitMs > 0) {
      await orders.sleep(Math.min(waitMs, WAITING_TURN_MS), signal);
      return this.#phase;
    }
    const { plan, phase } = planQuarantineLifted(planContext(this.#parts), cursor.progress);
    await cursor.advance(plan);
    log.warn({}, 'quarantine over: trying again');
    return phase;
  }
}

/** A retry grows louder with its delay. */
const LOUD_WAIT_MS = 5_000;
