import type { Random } from './random.ts';

/** What can go wrong on the way. Each is described in `docs/simulator.md`. */
export const FAULT_KINDS = [
  'cutLength',
  'cutChunked',
  'hang',
  'slow',
  'status',
  'redirect',
  'html',
  'malformed',
  'repeat',
  'reset',
  'lostSession',
  'revokedTicket',
  'restart',
  'shuffle',
  'late',
  'duplicate',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export const CHANNELS = ['signIn', 'command', 'data'] as const;
export type Channel = (typeof CHANNELS)[number];

export const MALFORMATIONS = [
  'blankInTag',
  'missingEndTag',
  'strayQuote',
  'badUtf8',
  'doctype',
  'undeclaredPrefix',
  'controlCharacter',
] as const;
export type Malformation = (typeof MALFORMATIONS)[number];

/** A fault to be armed. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Default `data`. */
  readonly channel?: Channel;
  /** SIP URI; default: all accounts. */
  readonly account?: string;
  /** How often it strikes before it is spent. Default 1; `Infinity` (in JSON: null) for ever. */
  readonly count?: number | null;
  /** The chance, from 0 to 1, that it strikes at an opportunity. Default 1. */
  readonly probability?: number;
  /** For `slow`: how long the answer waits; for `restart`: how long nobody listens. Milliseconds. */
  readonly delayMs?: number;
  /** For `status`. Default 503. */
  readonly status?: number;
  /** For the cuts: the part of the body that is sent, from 0 to 1. Default: seeded. */
  readonly at?: number;
  /** For `malformed`. Default: seeded. */
  readonly malformation?: Malformation;
}

/** A fault that waits for its opportunity. */
export interface ArmedFault extends FaultSpec {
  readonly id: number;
  /** How often it has struck. */
  readonly struck: number;
}

/** Faults that change what an answer holds; all others replace or damage the answer, and at most one of them strikes. */
const CONTENT_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(['shuffle', 'late', 'duplicate']);

/** The faults that are armed, and the dice that decide when they strike. */
export class Faults {
  readonly #random: Random;
  #armed: StruckFault[] = [];
  #nextId = 1;
  readonly #strikes = new Map<FaultKind, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Arms a fault and returns its id. */
  arm(spec: FaultSpec): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#armed.push({ ...spec, id, struck: 0 });
    return id;
  }

  /** Takes back one fault. */
  disarm(id: number): void {
    this.#armed = this.#armed.filter((fault) => fault.id !== id);
  }

  /** Takes back all faults. */
  clear(): void {
    this.#armed = [];
  }

  /** What is armed. */
  list(): readonly ArmedFault[] {
    return this.#armed.map((fault) => ({ ...fault }));
  }

  /** How often each kind has struck since the start. */
  get strikes(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#strikes);
  }

  /**
   * The fault that damages or replaces this answer, if one strikes. At most one: the first that was armed.
   *
   * @param accountUri null before sign-in.
   * @param isPossible whether a kind can be carried out now, for example whether there is an answer to repeat.
   */
  strike(channel: Channel, accountUri: string | null, isPossible: (kind: FaultKind) => boolean): FaultSpec | null {
    const fault = this.#armed.find(
      (candidate) =>
        !CONTENT_KINDS.has(candidate.kind) &&
        isPossible(candidate.kind) &&
        this.#strikesAt(candidate, channel, accountUri),
    );
    if (fault !== undefined) this.#count(fault);
    return fault ?? null;
  }

  /** The faults that change what this data-channel answer holds. Several may strike at once. */
  strikeContent(accountUri: string, isPossible: (kind: FaultKind) => boolean): ReadonlySet<FaultKind> {
    const struck = this.#armed.filter(
      (candidate) =>
        CONTENT_KINDS.has(candidate.kind) &&
        isPossible(candidate.kind) &&
        this.#strikesAt(candidate, 'data', accountUri),
    );
    for (const fault of struck) this.#count(fault);
    return new Set(struck.map(({ kind }) => kind));
  }

  #strikesAt(fault: FaultSpec, channel: Channel, accountUri: string | null): boolean {
    if ((fault.channel ?? 'data') !== channel || !concerns(fault, accountUri)) return false;
    return this.#random.chance(fault.probability ?? 1);
  }

  #count(fault: StruckFault): void {
    fault.struck += 1;
    this.#strikes.set(fault.kind, (this.#strikes.get(fault.kind) ?? 0) + 1);
    if (fault.struck >= countOf(fault)) this.disarm(fault.id);
  }
}

type StruckFault = ArmedFault & { struck: number };

function countOf({ count }: FaultSpec): number {
  return count === null ? Infinity : (count ?? 1);
}

function concerns({ account }: FaultSpec, accountUri: string | null): boolean {
  return account === undefined || account.toLowerCase() === accountUri?.toLowerCase();
}
