import type { Random } from './random.ts';

/** Faults that come instead of the answer: no event is taken from the session for them. */
export const REPLACING_KINDS = [
  'hang',
  'status',
  'redirect',
  'html',
  'reset',
  'lostSession',
  'revokedTicket',
  'restart',
  'refusal',
] as const;

/** Faults that delay or damage the answer. */
const DAMAGING_KINDS = ['slow', 'cutLength', 'cutChunked', 'malformed', 'repeat'] as const;

/** Faults that change what happens to the methods of a POST; for the command channel. */
const METHOD_KINDS = ['refusedLater'] as const;

/** Faults that change what a data-channel answer holds. */
const CONTENT_KINDS = ['shuffle', 'late', 'duplicate', 'ackJump', 'envelope'] as const;

/** What can go wrong on the way. Each is described in `docs/simulator.md`. */
export const FAULT_KINDS = [...DAMAGING_KINDS, ...REPLACING_KINDS, ...METHOD_KINDS, ...CONTENT_KINDS] as const;

/** The forms in which a request is refused (transport §5, §9.1). */
export const REFUSALS = ['requestFailed', 'requestRejected', 'requestInvalid', 'error'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
export type ReplacingKind = (typeof REPLACING_KINDS)[number];
export type ContentKind = (typeof CONTENT_KINDS)[number];

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
  /** For `status`: `Retry-After`. Default: none. */
  readonly retryAfterSeconds?: number;
  /** For `refusal`: the element. Default `requestFailed`. */
  readonly form?: (typeof REFUSALS)[number];
  /** For `refusal` and `refusedLater`: the error code (transport §9.2). Default 18400; null: none at all. */
  readonly code?: number | null;
  /** For the same: the code of the SIP answer behind it. Default: none. */
  readonly sip?: number;
  /** For `envelope`: attributes of `cwaEvents` as they are to be; null leaves one out. */
  readonly attributes?: Readonly<Record<string, string | null>>;
  /** For the cuts: the part of the body that is sent, from 0 to 1. Default: seeded. */
  readonly at?: number;
  /** For `ackJump`: by how much `ackId` is too high. Default 1000. */
  readonly by?: number;
  /** For `malformed`. Default: seeded. */
  readonly malformation?: Malformation;
}

/** A fault that waits for its opportunity. */
export interface ArmedFault extends FaultSpec {
  readonly id: number;
  /** How often it has struck. */
  readonly struck: number;
}

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
    const fault = this.#armed.find(({ kind, ...spec }) => {
      return !isContentKind(kind) && isPossible(kind) && this.#strikesAt(spec, channel, accountUri);
    });
    if (fault !== undefined) this.#count(fault);
    return fault ?? null;
  }

  /** The faults that change what this data-channel answer holds. Several may strike at once; one of each kind. */
  strikeContent(accountUri: string, isPossible: (kind: ContentKind) => boolean): ReadonlyMap<FaultKind, FaultSpec> {
    const struck = this.#armed.filter(({ kind, ...spec }) => {
      return isContentKind(kind) && isPossible(kind) && this.#strikesAt(spec, 'data', accountUri);
    });
    for (const fault of struck) this.#count(fault);
    return new Map(struck.map((fault) => [fault.kind, fault]));
  }

  #strikesAt(fault: Omit<FaultSpec, 'kind'>, channel: Channel, accountUri: string | null): boolean {
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

function concerns({ account }: Pick<FaultSpec, 'account'>, accountUri: string | null): boolean {
  return account === undefined || account.toLowerCase() === accountUri?.toLowerCase();
}

function isContentKind(kind: FaultKind): kind is ContentKind {
  return CONTENT_KINDS.some((other) => other === kind);
}
