/** What a poll asks. */
export interface PollQuery {
  readonly sid: string;
  /** As written; "" if missing. */
  readonly ackId: string;
  /** {@link ackId} as a number; 0 if it is none. */
  readonly ackNumber: number;
  readonly isUserActive: boolean;
}

/**
 * Reads the query of the data channel: names in any case and order, empty parameters ignored, as
 * `Sid=52&&AckID=0&UA=false` of a client of 2010 needs it (transport §2.1).
 */
export function readPollQuery(parameters: URLSearchParams): PollQuery {
  const values = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const ackId = values.get('ackid') ?? '';
  return {
    sid: values.get('sid') ?? '',
    ackId,
    ackNumber: /^\d{1,15}$/.test(ackId) ? Number(ackId) : 0,
    isUserActive: values.get('ua')?.toLowerCase() === 'true',
  };
}
