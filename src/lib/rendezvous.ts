import { hash } from 'node:crypto';

/**
 * Rendezvous hashing (highest random weight, Thaler and Ravishankar 1998) with room for so many at each place: every
 * item ranks all places by a hash of the pair, and goes to the first in its ranking that keeps it. A place keeps those
 * with the highest weight for it; the others go on to their next choice.
 *
 * Both sides rank by the same weights, so the outcome is the one stable matching (Gale and Shapley 1962; weights
 * differ): it depends on nothing but the set of items and the set of places, not on their order and not on what was
 * before. Hence
 *
 * - a further place takes its share from the others, and whoever moves elsewhere moves to a place that he ranks higher
 *   and that was full before;
 * - without a place only those move who were there, and whoever is pushed out of a place that is full now.
 */

/** Where items can be. */
export interface Place {
  readonly id: string;
  /** How many it takes; 0 or more. */
  readonly room: number;
}

export interface Spread {
  /** Of each place, the items that it takes, in the order in which they were given. */
  readonly items: ReadonlyMap<string, readonly string[]>;
  /** For whom there is no room. */
  readonly leftOver: readonly string[];
}

interface Choice {
  readonly placeId: string;
  readonly weight: bigint;
}

interface Candidate {
  readonly item: string;
  /** All places, the highest weight first. */
  readonly choices: readonly Choice[];
  /** How many places have sent it on. */
  refusals: number;
}

/**
 * Spreads items over places.
 *
 * @param items each once.
 * @param places with ids that differ.
 */
export function spread(items: readonly string[], places: readonly Place[]): Spread {
  const kept = new Map(places.map(({ id }) => [id, [] as Candidate[]]));
  const leftOver: string[] = [];
  let waiting = items.map((item): Candidate => ({ item, choices: choicesOf(item, places), refusals: 0 }));
  while (waiting.length > 0) {
    for (const candidate of waiting) {
      const choice = choiceOf(candidate);
      if (choice === undefined) leftOver.push(candidate.item);
      else kept.get(choice.placeId)?.push(candidate);
    }
    waiting = places.flatMap(({ id, room }) => sendOn(kept.get(id) ?? [], room));
  }
  const placeOf = new Map([...kept].flatMap(([id, candidates]) => candidates.map(({ item }) => [item, id] as const)));
  return { items: groupByPlace(items, places, placeOf), leftOver };
}

function choiceOf({ choices, refusals }: Candidate): Choice | undefined {
  return choices[refusals];
}

/** Takes those out for whom there is no room: the lightest. */
function sendOn(candidates: Candidate[], room: number): readonly Candidate[] {
  if (candidates.length <= room) return [];
  candidates.sort((a, b) => compareWeights(choiceOf(b), choiceOf(a)) || compareTexts(a.item, b.item));
  const refused = candidates.splice(room);
  for (const candidate of refused) candidate.refusals += 1;
  return refused;
}

function choicesOf(item: string, places: readonly Place[]): readonly Choice[] {
  return places
    .map(({ id }): Choice => ({ placeId: id, weight: weightOf(item, id) }))
    .sort((a, b) => compareWeights(b, a) || compareTexts(a.placeId, b.placeId));
}

/** The first 64 bits of SHA-256: the same on every machine and in every version. */
function weightOf(item: string, placeId: string): bigint {
  return hash('sha256', `${placeId}\n${item}`, 'buffer').readBigUInt64BE();
}

function compareWeights(a: Choice | undefined, b: Choice | undefined): number {
  const [left, right] = [a?.weight ?? 0n, b?.weight ?? 0n];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function groupByPlace(
  items: readonly string[],
  places: readonly Place[],
  placeOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map(places.map(({ id }) => [id, [] as string[]]));
  for (const item of items) groups.get(placeOf.get(item) ?? '')?.push(item);
  return groups;
}
