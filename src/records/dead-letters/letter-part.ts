/** One record of `cwa.deadletter`, as far as the commands look into it. */
export interface LetterPart {
  readonly id: string;
  readonly accountId: string;
  readonly generation: number;
  readonly sequence: number;
  readonly part: number;
  readonly parts: number;
  readonly answer: number;
  readonly sid: string | null;
  readonly ackId: string | null;
  readonly polledAckId: string | null;
  readonly eidRaw: string | null;
  /** Empty if the body is that of a whole answer, which could not be read. */
  readonly eventName: string;
  readonly channel: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly reason: string;
  readonly action: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly httpStatus: number | null;
  readonly contentType: string | null;
  readonly bodyBytes: number | null;
  readonly bodySha256: string | null;
  readonly bodyBase64: string | null;
  readonly attempts: number;
}

/** How the `action` of a letter begins whose event was published all the same. */
export const PUBLISHED_CUT = 'published cut';

const TEXTS = ['id', 'accountId', 'eventName', 'channel', 'reason', 'action', 'message'] as const;
const NUMBERS = ['generation', 'sequence', 'part', 'parts', 'answer', 'receivedAt', 'attempts'] as const;
const OPTIONAL_TEXTS = [
  'sid',
  'ackId',
  'polledAckId',
  'eidRaw',
  'contentType',
  'bodySha256',
  'bodyBase64',
] as const satisfies readonly (keyof LetterPart)[];
const OPTIONAL_NUMBERS = ['line', 'column', 'httpStatus', 'bodyBytes'] as const;

/**
 * Reads the JSON of a dead letter. Fields that it does not know are passed over: a newer version may have written it.
 *
 * @returns null if it is none.
 */
export function readLetterPart(text: string): LetterPart | null {
  const json = objectOf(text);
  if (json === null) return null;
  const isNumber = (name: string): boolean => Number.isSafeInteger(json[name]);
  const isText = (name: string): boolean => typeof json[name] === 'string';
  const isLetter =
    TEXTS.every(isText) &&
    NUMBERS.every(isNumber) &&
    OPTIONAL_TEXTS.every((name) => json[name] === null || isText(name)) &&
    OPTIONAL_NUMBERS.every((name) => json[name] === null || isNumber(name));
  return isLetter ? (json as unknown as LetterPart) : null;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Whether records of the event went out, without what had to be cut; its letter has all of it. */
export function wasPublishedCut({ action, reason }: Pick<LetterPart, 'action' | 'reason'>): boolean {
  return reason === 'oversizeRecord' && action.startsWith(PUBLISHED_CUT);
}
