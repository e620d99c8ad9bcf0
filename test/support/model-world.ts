import { type AccountProgress, initialProgress, parseProgress } from '../../src/bridge/progress/account-progress.ts';
import { progressKey } from '../../src/bridge/progress/progress-key.ts';
import { Cursor } from '../../src/bridge/progress/cursor.ts';
import type { Plan, PlanContext } from '../../src/bridge/plans/plan.ts';
import { planAnswer } from '../../src/bridge/plans/plan-answer.ts';
import { planOpened, planOpening, planResumed } from '../../src/bridge/plans/plan-generation.ts';
import { planWatchChanged } from '../../src/bridge/plans/plan-watch.ts';
import { planFresh, planStale, planUnwatched } from '../../src/bridge/plans/plan-users.ts';
import { recoverUserStates } from '../../src/bridge/progress/user-progress.ts';
import { WatchList, type WatchSource } from '../../src/bridge/watching/watch-list.ts';
import type { OutgoingRecord } from '../../src/lib/outgoing-record.ts';
import type { XmlElement } from '../../src/lib/xml.ts';
import type { Flag, Observation, Word } from './brute-force-users.ts';
import { ManualClock } from './manual-clock.ts';
import { wordElement } from './model-words.ts';

/** What becomes of a transaction. After the latter two the process is dead: it never learns which it was. */
export type Outcome = 'committed' | 'aborted' | 'committed-unheard';

interface ServerEvent {
  readonly eid: number;
  readonly name: string;
  readonly users: readonly { readonly uri: string; readonly word: Word }[];
  readonly element: XmlElement;
}

/** A record with the head, as far as the model looks at it. */
export interface LoggedRecord {
  readonly recordType: string;
  readonly id: string;
  readonly subject: string;
  readonly subjectUri: string | null;
  readonly generation: number;
  readonly sequence: number;
  readonly sid: string;
  readonly eid: number;
  readonly userIndex: number;
  readonly receivedAt: number;
  readonly gapId: string | null;
  readonly warnings: readonly string[];
  readonly previous: object | null;
  readonly [field: string]: unknown;
}

class Crash extends Error {}

/**
 * A CWA server, a Kafka and a bridge that may die at every commit, all in memory. The server keeps a ledger of what it
 * said of whom and of what of it was taken; the log holds what was committed, and nothing else survives a crash.
 */
export class ModelWorld {
  readonly clock = new ManualClock();
  readonly log: LoggedRecord[] = [];
  /** The compacted topic of the current states, as a reader has it who has read all of it. */
  readonly current = new Map<string, object>();
  /** What was said of each user and taken, while the user was watched. */
  readonly histories = new Map<string, (Observation | Flag)[]>();
  /** Ids of records about users who were not watched then. */
  readonly strangers = new Set<string>();
  readonly #committed = new Map<string, string>();
  readonly #makeContext: (users: readonly string[]) => PlanContext;
  /** Who is to be watched; another list is adopted when no snapshot runs. */
  #source: WatchSource;
  #watch: WatchList;
  #queue: ServerEvent[] = [];
  readonly #events = new Map<string, ServerEvent>();
  #sid = 411;
  #eid = 0;
  /** Users who were told of since the session's subscription. */
  #seen = new Set<string>();
  #openGapId: string | null = null;
  #cursor: Cursor;
  #next: Outcome = 'committed';

  /** @param makeContext the bridge's settings for a watch list; `now` is set here. */
  constructor(makeContext: (users: readonly string[]) => PlanContext, users: readonly string[]) {
    this.#makeContext = makeContext;
    this.#source = sourceOf(users);
    this.#cursor = this.#recover();
    this.#watch = new WatchList(this.#source, this.#cursor.progress);
  }

  /** Who is to be watched. */
  get users(): readonly string[] {
    return this.#source.users;
  }

  get #users(): readonly string[] {
    return this.#watch.users;
  }

  /** The server says something of some users, in one event. */
  say(users: ServerEvent['users']): void {
    this.#eid += 1;
    const isPresence = users[0]?.word.kind === 'presence';
    const name = isPresence ? 'userPresence' : 'presenceSubscriptionState';
    const element = wordElement(name, this.#eid, users);
    const event = { eid: this.#eid, name, users, element };
    this.#queue.push(event);
    this.#events.set(`${String(this.#sid)}/${String(event.eid)}`, event);
  }

  /** One poll: all that is not acknowledged is handed over, and published if the commit is not aborted. */
  async poll(outcome: Outcome): Promise<void> {
    const { progress } = this.#cursor;
    if (progress.state !== 'open') return;
    this.#queue = this.#queue.filter(({ eid }) => eid > Number(progress.ackId));
    const ackId = String(this.#eid);
    const times = { pollWaitTimeMs: null, sessionTimeoutSeconds: null };
    const events = this.#queue.map(({ element }) => element);
    const answer = { sid: String(this.#sid), ackId, eid: null, ...times, warnings: [], events };
    const received = { answer, polledAckId: progress.ackId, receivedAt: this.clock.now() };
    const isUp = await this.#commit(planAnswer(this.#context(), progress, received), outcome);
    if (!isUp) return;
    const fresh = planFresh(this.#context(), this.#cursor.progress);
    if (fresh !== null) {
      await this.#commit(fresh, 'committed');
      for (const uri of this.#users) if (this.#seen.has(uri)) this.#flag(uri, 'fresh');
    }
    await this.#adoptList();
  }

  /** The server forgets the session. The bridge begins anew, and may die on the way. */
  async loseSession(outcome: Outcome): Promise<void> {
    this.#queue = [];
    const isUp = await this.#commit(planOpening(this.#context(), this.#cursor.progress, 'session-lost'), outcome);
    if (!isUp)
      await this.#commit(planOpening(this.#context(), this.#cursor.progress, 'opening-interrupted'), 'committed');
    this.#sid += 1;
    this.#eid = 0;
    this.#seen = new Set();
    await this.#commit(planOpened(this.#context(), this.#cursor.progress, String(this.#sid)), 'committed');
  }

  /** The session is down for so long that everybody is flagged. */
  async flagStale(outcome: Outcome): Promise<void> {
    const plan = planStale(this.#context(), this.#cursor.progress);
    if (plan === null) return;
    await this.#commit(plan, outcome);
    if (outcome !== 'aborted') for (const uri of this.#users) this.#flag(uri, 'stale');
  }

  /** The process ends and the next one begins, with a watch list of its own. */
  async restart(users: readonly string[]): Promise<void> {
    this.#source = sourceOf(users);
    this.#cursor = this.#recover();
    this.#watch = new WatchList(this.#source, this.#cursor.progress);
    const unwatched = planUnwatched(this.#context(), this.#cursor.progress);
    if (unwatched !== null) await this.#commit(unwatched, 'committed');
    this.#forgetStrangers();
    if (this.#cursor.progress.state !== 'open') return;
    await this.#commit(planResumed(this.#context(), this.#cursor.progress), 'committed');
    await this.#adoptList();
  }

  /** The difference is subscribed, so new users are told of anew. */
  async #adoptList(): Promise<void> {
    const { change } = this.#watch;
    const { progress } = this.#cursor;
    if (change === null || progress.snapshotSince !== null) return;
    const context = { ...this.#makeContext(change.users), now: this.clock.now() };
    await this.#commit(planWatchChanged(context, progress, change), 'committed');
    this.#watch.adopt(change);
    for (const uri of change.added) this.#seen.delete(uri);
    this.#forgetStrangers();
  }

  #forgetStrangers(): void {
    for (const uri of this.histories.keys()) if (!this.#users.includes(uri)) this.histories.delete(uri);
  }

  /** @returns false if the process died of it, and the next one has taken over. */
  async #commit(plan: Plan, outcome: Outcome): Promise<boolean> {
    this.#next = outcome;
    try {
      await this.#cursor.advance(plan);
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await this.restart(this.users);
      return false;
    }
  }

  #recover(): Cursor {
    const committed = this.#committed.get(progressKey('pilot'));
    const account: AccountProgress =
      committed === undefined
        ? initialProgress('pilot', 'sip:pilot@harbour.example')
        : parseProgress('pilot', committed);
    return new Cursor({
      installation: 'cwa-bridge',
      shard: { claim: 1, commit: (unit) => this.#transact(unit) },
      recovered: { ...account, users: recoverUserStates('pilot', this.#committed) },
      sealingKeys: [],
      secrets: () => null,
      clock: this.clock,
    });
  }

  #transact(unit: {
    readonly records: readonly OutgoingRecord[];
    readonly progress: readonly { readonly key: string; readonly value: string | null }[];
  }): Promise<void> {
    if (this.#next !== 'aborted') {
      for (const { key, value } of unit.progress) {
        if (value === null) this.#committed.delete(key);
        else this.#committed.set(key, value);
      }
      for (const record of unit.records) this.#append(record);
    }
    return this.#next === 'committed' ? Promise.resolve() : Promise.reject(new Crash());
  }

  #append({ key, topic, value }: OutgoingRecord): void {
    if (topic === 'cwa.presence.current') {
      if (value === null) this.current.delete(key);
      else this.current.set(key, JSON.parse(value.toString()) as object);
      return;
    }
    const record = JSON.parse(String(value)) as LoggedRecord;
    this.log.push(record);
    if (record.recordType === 'gap') this.#openGapId = record.gapId;
    if (record.recordType === 'snapshotEnded') this.#openGapId = null;
    if (topic === 'cwa.presence') this.#take(record);
  }

  /** Enters what the server said of the user at this place: the record only says where it stands. */
  #take({ eid, generation, id, receivedAt: at, sequence, sid, userIndex }: LoggedRecord): void {
    const event = this.#events.get(`${sid}/${String(eid)}`);
    const said = event?.users[userIndex];
    if (event === undefined || said === undefined) throw new Error(`nothing was said at ${sid}/${String(eid)}`);
    const { uri, word } = said;
    const origin = word.kind === 'presence' && !this.#seen.has(uri) ? 'snapshot' : 'live';
    if (userIndex === event.users.length - 1 && word.kind === 'presence')
      for (const user of event.users) this.#seen.add(user.uri);
    if (!this.#users.includes(uri)) {
      this.strangers.add(id);
      return;
    }
    const history = this.histories.get(uri) ?? [];
    this.histories.set(uri, history);
    history.push({ kind: 'observation', at, id, generation, sequence, origin, gapId: this.#openGapId, word });
  }

  #flag(uri: string, kind: Flag['kind']): void {
    this.histories.get(uri)?.push({ kind, at: this.clock.now() });
  }

  #context(): PlanContext {
    return { ...this.#makeContext(this.#users), now: this.clock.now() };
  }
}

function sourceOf(users: readonly string[]): WatchSource {
  return { users, whileEnding: (_, commit) => commit() };
}
