import { PRESENCE_SUBSCRIPTION_STATE, USER_PRESENCE } from '../../cwa/protocol.ts';
import { type FoldedPresence, foldPresence } from '../../records/state/fold-presence.ts';
import type { EdgeContext } from '../../records/state/sign-in-edge.ts';
import type { UserState } from '../../records/state/user-state.ts';
import type { DataRecord } from '../../records/topics/topics.ts';

/** State of each watched user, by normalised URI. */
export type UserStates = ReadonlyMap<string, UserState>;

const FOLDED: ReadonlySet<string> = new Set([USER_PRESENCE, PRESENCE_SUBSCRIPTION_STATE]);

/**
 * Folds the presence records of one answer into the states of the account's users, event by event: an event that is
 * given up after all leaves no trace. The states that it was given are never touched, so an abort only has to forget
 * what came of them.
 *
 * Only watched users have a state: their number is bounded, and so is what is kept of them. The account's view of
 * itself has none, because it shows the parts of a presence and not their sum (events-and-categories §6.2).
 */
export class UserFold {
  readonly #before: UserStates;
  readonly #users: readonly string[];
  readonly #context: EdgeContext;
  #watched: ReadonlySet<string> | null = null;
  /** A copy, made with the first change. */
  #after: Map<string, UserState> | null = null;
  readonly #ofEvent = new Map<string, UserState>();

  /** @param users who is watched, normalised. */
  constructor(states: UserStates, users: readonly string[], context: EdgeContext) {
    this.#before = states;
    this.#users = users;
    this.#context = context;
  }

  /** What has been kept so far; the very map that was given if nothing changed. */
  get states(): UserStates {
    return this.#after ?? this.#before;
  }

  /** @returns null if the record says nothing about a watched user. */
  fold({ topic, value }: DataRecord): FoldedPresence | null {
    if (topic !== 'presence' || value.channel !== 'data' || value.isSelf || !FOLDED.has(value.recordType)) return null;
    const { subjectUri } = value;
    if (subjectUri === null || !this.#isWatched(subjectUri)) return null;
    const state = this.#ofEvent.get(subjectUri) ?? this.states.get(subjectUri) ?? null;
    const folded = foldPresence(state, value, this.#context);
    if (folded.state !== state) this.#ofEvent.set(subjectUri, folded.state);
    return folded;
  }

  /** The event is published. */
  keep(): void {
    if (this.#ofEvent.size === 0) return;
    this.#after ??= new Map(this.#before);
    for (const [uri, state] of this.#ofEvent) this.#after.set(uri, state);
    this.#ofEvent.clear();
  }

  /** The event is not. */
  discard(): void {
    this.#ofEvent.clear();
  }

  #isWatched(uri: string): boolean {
    this.#watched ??= new Set(this.#users);
    return this.#watched.has(uri);
  }
}
