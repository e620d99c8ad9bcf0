import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import type { Clock } from '../../lib/clock.ts';
import { type AccountProgress, formatProgress } from './account-progress.ts';
import { progressKey } from './progress-key.ts';
import type { Plan } from '../plans/plan.ts';
import { changedUserStates } from './user-progress.ts';
import { openSealed, seal, type SealingContext, type SealingKey } from './sealing.ts';

/** The shard as the bridge sees it: a commit resolves only when Kafka has certainly committed all of it. */
export interface ShardWriter {
  /** The claim under which the shard is held now; rises when the producer had to be replaced. */
  readonly claim: number;
  commit(unit: {
    readonly accountId: string;
    readonly records: readonly OutgoingRecord[];
    readonly progress: readonly { readonly key: string; readonly value: string | null }[];
  }): Promise<void>;
}

/** Raised with each claim, so that no request id of an earlier owner is used again in the same session (design §4.5). */
const RIDS_PER_CLAIM = 10_000;

export interface CursorOptions {
  readonly installation: string;
  readonly shard: ShardWriter;
  /** As recovered from the progress topic, or that of an account never seen. */
  readonly recovered: AccountProgress;
  readonly sealingKeys: readonly SealingKey[];
  /** The session's secrets as they are now, to be sealed with the progress; null when there are none. */
  readonly secrets: () => string | null;
  readonly clock: Clock;
}

/**
 * The account's place in its stream. `progress` is what Kafka has committed, nothing else, and `advance` is the one
 * function that moves it (I1): it resolves after the transaction with the plan's records and progress is committed.
 * The states of the users move with it: written where they changed, adopted with the rest or forgotten with it (I2).
 */
export class Cursor {
  readonly #options: CursorOptions;
  #progress: AccountProgress;
  #nextRid: number;
  #sealedSecrets: string | null = null;

  constructor(options: CursorOptions) {
    this.#options = options;
    this.#progress = options.recovered;
    this.#nextRid = options.recovered.nextRid + RIDS_PER_CLAIM;
  }

  get progress(): AccountProgress {
    return this.#progress;
  }

  /** A request id that this session has not seen. Documented as a string; integers are customary (transport §5). */
  takeRid(): string {
    const rid = String(this.#nextRid);
    this.#nextRid += 1;
    return rid;
  }

  /** True if the session's secrets have changed since they were last sealed into the progress. */
  get hasUnsealedSecrets(): boolean {
    return this.#options.sealingKeys.length > 0 && this.#options.secrets() !== this.#sealedSecrets;
  }

  /** The secrets that travelled with the recovered progress, or null if they are missing or do not open. */
  openSecrets(): string | null {
    const { sealingKeys } = this.#options;
    const { sealed } = this.#progress;
    return sealed === null ? null : openSealed(sealingKeys, this.#sealingContext(this.#progress), sealed);
  }

  /**
   * Commits the plan, then moves.
   *
   * @throws the shard's error if it is lost, or if the broker refuses the plan's records; then nothing has moved.
   */
  async advance(plan: Plan): Promise<void> {
    const { shard, clock } = this.#options;
    const { accountId } = plan.next;
    const secrets = this.#options.secrets();
    const next: AccountProgress = {
      ...plan.next,
      nextRid: this.#nextRid,
      revision: this.#progress.revision + 1,
      claim: shard.claim,
      committedAt: clock.now(),
      sealed: this.#seal(plan.next, secrets),
    };
    // The account first: by its revision the shard tells whether the unit is committed, all of it or nothing.
    const progress = [
      { key: progressKey(accountId), value: formatProgress(next) },
      ...changedUserStates(accountId, this.#progress.users, next.users),
    ];
    await shard.commit({ accountId, records: plan.records, progress });
    this.#progress = next;
    this.#sealedSecrets = secrets;
  }

  #seal(next: AccountProgress, secrets: string | null): AccountProgress['sealed'] {
    if (secrets === null || next.state !== 'open') return null;
    return seal(this.#options.sealingKeys, this.#sealingContext(next), secrets);
  }

  #sealingContext(progress: AccountProgress): SealingContext {
    const { accountId, generation, sid } = progress;
    return { installation: this.#options.installation, accountId, generation, sid };
  }
}
