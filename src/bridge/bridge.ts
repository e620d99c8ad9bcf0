import { DocumentRefusedError } from '../cwa/document-refused-error.ts';
import { unreachable } from '../lib/assert.ts';
import { commitWhatIsDue } from './between-polls.ts';
import { failureOf, isAbort } from './failure.ts';
import { failureWaitMs } from './failure-wait.ts';
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
import { planPoison, planQuarantineLifted } from './plan-poison.ts';
import { Polling } from './polling.ts';
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
  readonly #polling: Polling;
  #phase: Phase;

  /** @param hasTicket whether the client already holds the secrets of the recovered session. */
  constructor(parts: BridgeParts, hasTicket: boolean) {
    this.#parts = parts;
    this.#upkeep = new UserUpkeep(parts);
    this.#polling = new Polling(parts, () => {
      this.#upkeep.polled();
    });
    this.#phase = firstPhase(parts.cursor.progress, hasTicket);
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
    this.#polling.adoptWait(opened.pollWaitTimeMs);
    return opened.phase;
  }

  async #stepOpen(phase: OpenPhase, signal: AbortSignal): Promise<Phase> {
    if (phase.needsSignIn) return signIn(this.#parts, phase, signal);
    const commit: Commit = (plan) => this.#polling.commit(plan, signal);
    if (phase.toSubscribe.length > 0) return subscribe(this.#parts, commit, phase, signal);
    const { cursor, settings } = this.#parts;
    const { generation } = cursor.progress;
    const result = await this.#polling.poll(signal);
    if (result.kind === 'events') await publishAnswer(this.#parts, commit, result);
    await this.#upkeep.afterPoll(commit);
    await commitWhatIsDue(this.#parts, commit);
    await this.#parts.clock.sleep(this.#polling.waitMs, signal);
    // The server counts anew: whom it still watches for us is doubtful.
    return cursor.progress.generation === generation ? OPEN : { ...OPEN, toSubscribe: settings.account.users };
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
    const waitMs = failureWaitMs(this.#parts, phase, wait, error);
    const fields = { err: error, failure, phase: phase.kind, waitMs: Math.round(waitMs) };
    if (phase.kind === 'stopped') log.error(fields, 'account stopped: a person has to act');
    else if (waitMs >= LOUD_WAIT_MS) log.warn(fields, 'step failed');
    else log.info(fields, 'step failed');
    await this.#upkeep.wait(waitMs, signal);
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
}

/** A retry grows louder with its delay. */
const LOUD_WAIT_MS = 5_000;
