/**
 * What `cwa.presence.current`, `cwa.signin` and `previous` must say of one user, computed from all that a server ever
 * said of the user, at every point anew and from the beginning. It shares no code with the bridge: that folds one
 * record at a time into a state, this looks back through the whole history for each value.
 */

/** What one event says about the user. */
export type Word =
  | {
      readonly kind: 'presence';
      readonly state: 'silent' | 'cleared' | StateWord;
      readonly note: 'silent' | 'cleared' | { readonly text: string };
      readonly network: string | null;
    }
  | { readonly kind: 'subscription'; readonly word: string };

export interface StateWord {
  /** Null: a state that makes no statement. */
  readonly availability: number | null;
  readonly token: string | null;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  readonly version: number;
  readonly instance: number;
}

/** One event about the user, with what its record says of itself. */
export interface Observation {
  readonly kind: 'observation';
  readonly at: number;
  readonly id: string;
  readonly generation: number;
  readonly sequence: number;
  readonly origin: string;
  /** The gap that was open then. */
  readonly gapId: string | null;
  readonly word: Word;
}

/** The session was down for long, or is up again. */
export interface Flag {
  readonly kind: 'stale' | 'fresh';
  readonly at: number;
}

export type History = readonly (Observation | Flag)[];

export interface Expected {
  /** Null: nothing was ever said of the user. */
  readonly current: object | null;
  readonly edges: readonly object[];
  /** For each observation: `previous` of its record, and whether it is older than what was known. */
  readonly records: readonly { readonly previous: object | null; readonly isStale: boolean }[];
}

type SignIn = 'in' | 'out' | 'unknown';

/** Everything visible after a part of the history, without what says where it comes from. */
interface View {
  readonly availability: number | null;
  readonly availabilityName: string | null;
  readonly activityToken: string | null;
  readonly statePublishedAt: number | null;
  readonly note: string | null;
  readonly noteType: string | null;
  readonly sourceNetwork: string | null;
  readonly subscriptionState: string | null;
  readonly signInState: SignIn;
  readonly isStale: boolean;
}

const NAMES = [
  [18_000, 'Offline'],
  [15_000, 'Away'],
  [12_000, 'BeRightBack'],
  [9_000, 'DoNotDisturb'],
  [7_500, 'BusyIdle'],
  [6_000, 'Busy'],
  [4_500, 'AvailableIdle'],
  [3_000, 'Available'],
] as const;

export function expectedOf(history: History, flapMs: number): Expected {
  const isStale = history.map(() => false);
  for (const [index, entry] of history.entries()) isStale[index] = isOlder(history, isStale, index, entry);
  const counted = history.filter((_, index) => isStale[index] !== true);
  const views = counted.map((_, index) => viewOf(counted.slice(0, index + 1)));
  const records: { previous: object | null; isStale: boolean }[] = [];
  for (const [index, entry] of history.entries()) {
    if (entry.kind !== 'observation') continue;
    const stale = isStale[index] === true;
    records.push({ isStale: stale, previous: stale ? null : previousAt(counted, views, counted.indexOf(entry)) });
  }
  const edges = counted.flatMap((_, index) => edgeAt(counted, index, flapMs) ?? []);
  return { current: currentAfter(counted, views), edges, records };
}

function spoken(entry: Observation | Flag): StateWord | null {
  if (entry.kind !== 'observation' || entry.word.kind !== 'presence') return null;
  const { state } = entry.word;
  return typeof state === 'string' || state.availability === null ? null : state;
}

function isOlder(history: History, isStale: readonly boolean[], index: number, entry: Observation | Flag): boolean {
  const state = spoken(entry);
  if (state?.publishedAt === null || state === null) return false;
  const before = history
    .slice(0, index)
    .filter((_, earlier) => isStale[earlier] !== true)
    .map(spoken)
    .findLast((earlier) => (earlier?.publishedAt ?? null) !== null);
  if (before?.publishedAt === undefined || before.publishedAt === null) return false;
  if (state.publishedAt < before.publishedAt) return true;
  return (
    state.publishedAt === before.publishedAt && state.instance === before.instance && state.version < before.version
  );
}

function viewOf(counted: History): View {
  const presences = counted.flatMap((entry) =>
    entry.kind === 'observation' && entry.word.kind === 'presence' ? [entry.word] : [],
  );
  const state = presences.findLast((word) => word.state === 'cleared' || hasAvailability(word.state))?.state;
  const says = typeof state === 'object' && state.availability !== null ? state : null;
  const note = presences.findLast((word) => word.note !== 'silent')?.note;
  const text = typeof note === 'object' ? note.text : null;
  const subscriptionState = subscriptionAfter(counted);
  return {
    availability: says?.availability ?? null,
    availabilityName: says === null ? null : nameOf(says.availability ?? 0),
    activityToken: says?.token ?? null,
    statePublishedAt: says?.publishedAt ?? null,
    note: text,
    noteType: text === null ? null : 'personal',
    sourceNetwork: presences.findLast(({ network }) => network !== null)?.network ?? null,
    subscriptionState,
    signInState: saidUpTo(counted).at(-1)?.said ?? 'unknown',
    isStale: isSessionStale(counted) || isBad(subscriptionState),
  };
}

function hasAvailability(state: 'silent' | 'cleared' | StateWord): boolean {
  return typeof state === 'object' && state.availability !== null;
}

function nameOf(availability: number): string {
  return NAMES.find(([from]) => availability >= from)?.[1] ?? 'Unknown';
}

function subscriptionAfter(counted: History): string | null {
  const index = counted.findLastIndex((entry) => entry.kind === 'observation' && entry.word.kind === 'subscription');
  const entry = counted[index];
  if (entry?.kind !== 'observation' || entry.word.kind !== 'subscription') return null;
  const { word } = entry.word;
  const isVoid = counted.slice(index).some((later) => later.kind === 'observation' && later.origin === 'snapshot');
  return isBad(word) && isVoid ? null : word;
}

function isBad(word: string | null): boolean {
  return word === 'retrying' || word === 'terminated';
}

function isSessionStale(counted: History): boolean {
  const last = counted.findLast((entry) => entry.kind !== 'observation' || entry.word.kind === 'presence');
  return last?.kind === 'stale';
}

/** What was said of being signed in, each time that it was. */
function saidUpTo(counted: History): readonly { readonly said: SignIn; readonly at: number }[] {
  return counted.flatMap((entry) => {
    const said = entry.kind === 'observation' ? saidBy(entry.word) : null;
    return said === null ? [] : [{ said, at: entry.at }];
  });
}

function saidBy(word: Word): SignIn | null {
  if (word.kind === 'subscription') return word.word === 'terminated' ? 'unknown' : null;
  const { note, state } = word;
  if (state === 'cleared' || (state === 'silent' && note === 'silent')) return 'unknown';
  if (state === 'silent' || state.availability === null) return null;
  if (state.availability >= 18_000) return 'out';
  if (state.availability >= 3_000) return 'in';
  return state.token === 'Offline' ? 'out' : 'unknown';
}

/** The first of the last run of equal values, or null if there is none. */
function begunAt<T>(items: readonly T[], isSame: (a: T, b: T) => boolean): T | null {
  let index = items.length - 1;
  while (index > 0 && isSame(items[index - 1] as T, items[index] as T)) index -= 1;
  return items[index] ?? null;
}

/** Since when the sign-in state is what it is; null while it was never anything but unknown. */
function signInSince(counted: History): number | null {
  const said = saidUpTo(counted);
  if (!said.some((entry) => entry.said !== 'unknown')) return null;
  return begunAt(said, (a, b) => a.said === b.said)?.at ?? null;
}

function previousAt(counted: History, views: readonly View[], index: number): object | null {
  const [before, after, entry] = [views[index - 1], views[index], counted[index]];
  if (before === undefined || after === undefined || entry === undefined) return null;
  if (before.availabilityName === null || before.availabilityName === after.availabilityName) return null;
  const since = sinceOf(counted, views, index - 1, ({ availabilityName }) => availabilityName);
  const { availability, availabilityName } = before;
  return { availability, availabilityName, since, durationMs: since === null ? null : entry.at - since };
}

/** Since when a value is what it is after the entry at `index`; null for no value. */
function sinceOf(counted: History, views: readonly View[], index: number, of: (view: View) => unknown): number | null {
  const values = views
    .slice(0, index + 1)
    .map((view, position) => ({ value: of(view), at: counted[position]?.at ?? 0 }));
  const value = values.at(-1)?.value;
  if (value === null || value === false || value === undefined) return null;
  return begunAt(values, (a, b) => a.value === b.value)?.at ?? null;
}

function visibleAt(counted: History, views: readonly View[], index: number): object {
  return {
    ...views[index],
    availabilitySince: sinceOf(counted, views, index, ({ availabilityName }) => availabilityName),
    noteAt: sinceOf(counted, views, index, ({ note }) => note),
    signInSince: signInSince(counted.slice(0, index + 1)),
    staleSince: sinceOf(counted, views, index, ({ isStale }) => isStale),
  };
}

function currentAfter(counted: History, views: readonly View[]): object | null {
  if (counted.length === 0) return null;
  const visible = counted.map((_, index) => visibleAt(counted, views, index));
  const texts = visible.map((view) => JSON.stringify(view));
  const isNews = texts.map((text, index) => text !== texts[index - 1]);
  const updated = counted[isNews.lastIndexOf(true)];
  const source = counted.findLast((entry, index) => entry.kind === 'observation' && isNews[index] === true);
  if (source?.kind !== 'observation' || updated === undefined) throw new Error('a history begins with an observation');
  const { generation, id: sourceRecordId, sequence } = source;
  return { ...visible.at(-1), sourceRecordId, generation, sequence, updatedAt: updated.at };
}

function edgeAt(counted: History, index: number, flapMs: number): object | null {
  const entry = counted[index];
  const state = entry?.kind === 'observation' ? saidBy(entry.word) : null;
  if (entry?.kind !== 'observation' || state === null) return null;
  const earlier = counted.slice(0, index);
  const said = saidUpTo(earlier);
  const previousState = said.at(-1)?.said ?? 'unknown';
  if (state === previousState) return null;
  const known = said.findLast((one) => one.said !== 'unknown');
  const edge = edgeName(state, previousState, known?.said ?? null);
  const since = signInSince(earlier);
  const isObserved = edge === 'baseline' || (entry.origin === 'live' && previousState !== 'unknown');
  const knownRun = said.slice(0, said.findLastIndex((one) => one.said !== 'unknown') + 1);
  const outSince = known?.said === 'out' ? begunAt(knownRun, (a, b) => a.said === b.said)?.at : undefined;
  return {
    edge,
    state,
    previousState,
    certainty: isObserved ? 'observed' : 'inferred',
    causeRecordId: entry.id,
    at: entry.at,
    earliestAt: edge === 'baseline' ? null : isObserved ? entry.at : (known?.at ?? null),
    latestAt: entry.at,
    previousSince: since,
    previousDurationMs: since === null ? null : entry.at - since,
    availability: spoken(entry)?.availability ?? null,
    previousAvailability: earlier.length === 0 ? null : viewOf(earlier).availability,
    isFlap: edge === 'signedIn' && outSince !== undefined && entry.at - outSince < flapMs,
    gapId: !isObserved && entry.origin === 'snapshot' ? entry.gapId : null,
  };
}

function edgeName(state: SignIn, previous: SignIn, known: SignIn | null): string {
  if (state === 'unknown') return 'lost';
  if (previous === 'unknown' && (known === null || known === state)) return 'baseline';
  return state === 'in' ? 'signedIn' : 'signedOut';
}
