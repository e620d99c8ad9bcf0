/**
 * How long each step may take, in milliseconds. One fault makes at most one step wait for its limit: what depends on
 * it is not tried, and what does not runs beside it. So each is well below the 5 seconds that a run with one fault may
 * take; the longest way to a limit is `login` before `progress` before `exchange`, of which the others take
 * milliseconds.
 */
export interface DoctorLimits {
  /** Finding the address of a name. */
  readonly dnsMs: number;
  /** Connecting to a port. */
  readonly connectMs: number;
  /** A TLS handshake. */
  readonly handshakeMs: number;
  /** Another program's answer to one HTTP request: paths, sign-in, session, poll, schema registry. */
  readonly exchangeMs: number;
  /** A broker's greeting and SASL. */
  readonly loginMs: number;
  /** All questions of one kind to a broker: rights, topics. */
  readonly questionsMs: number;
  /** Reading the progress topic. */
  readonly progressMs: number;
}

export const LIMITS: DoctorLimits = {
  dnsMs: 3_000,
  connectMs: 2_500,
  handshakeMs: 2_500,
  exchangeMs: 3_000,
  loginMs: 2_500,
  questionsMs: 3_500,
  progressMs: 3_500,
};
