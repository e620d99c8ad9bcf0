import { hash } from 'node:crypto';

import type { LetterPart } from './letter-part.ts';

/**
 * How much of the body there is.
 *
 * - `whole`: all of it, and its digest is right.
 * - `cut`: its beginning; the bridge published no more.
 * - `absent`: nothing was published of it: it may hold secrets, or there was none.
 * - `incomplete`: parts are missing; retention may have deleted them.
 * - `damaged`: all of it, but it is not what the digest says.
 */
type BodyState = 'whole' | 'cut' | 'absent' | 'incomplete' | 'damaged';

/** A dead letter, put together from its parts. */
export interface Letter {
  /** Of the first part that was found: part 0 unless the letter is incomplete. */
  readonly first: LetterPart;
  /** The ids of the parts that were found, in order. */
  readonly ids: readonly string[];
  readonly state: BodyState;
  /** What there is of the body: contiguous parts from the first on. Empty if it is absent. */
  readonly body: Buffer;
}

/** Puts dead letters together from records, which come in any order between accounts. */
export class LetterAssembler {
  readonly #open = new Map<string, LetterPart[]>();

  /** @returns the letter that this part completes, or null. */
  take(part: LetterPart): Letter | null {
    const name = letterName(part);
    const parts = this.#open.get(name) ?? [];
    parts.push(part);
    this.#open.set(name, parts);
    if (parts.length < part.parts) return null;
    this.#open.delete(name);
    return letterOf(parts);
  }

  /** The letters of which parts are missing. */
  rest(): readonly Letter[] {
    return [...this.#open.values()].map(letterOf);
  }
}

/** Parts take one `sequence` each: what they have in common is that of the first. */
function letterName({ accountId, generation, part, sequence }: LetterPart): string {
  return `${String(generation)} ${String(sequence - part)} ${accountId}`;
}

function letterOf(found: readonly LetterPart[]): Letter {
  const parts = found.toSorted((a, b) => a.part - b.part);
  const [first] = parts;
  if (first === undefined) throw new RangeError('a letter has at least one part');
  const contiguous = parts.filter(({ part }, index) => part === index);
  const body = Buffer.concat(contiguous.map(({ bodyBase64 }) => Buffer.from(bodyBase64 ?? '', 'base64')));
  return { first, ids: parts.map(({ id }) => id), state: stateOf(first, parts.length, body), body };
}

function stateOf(first: LetterPart, partsFound: number, body: Buffer): BodyState {
  if (first.bodyBase64 === null) return 'absent';
  if (partsFound < first.parts) return 'incomplete';
  if (first.bodySha256 === null || body.length < (first.bodyBytes ?? 0)) return 'cut';
  return hash('sha256', body, 'hex') === first.bodySha256 ? 'whole' : 'damaged';
}
