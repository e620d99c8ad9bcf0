import {
  SessionLostError,
  SessionRefusedError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
  WrongServiceError,
} from '../cwa/errors.ts';
import { DocumentRefusedError } from '../cwa/documents/document-refused-error.ts';
import { BridgeError } from '../lib/errors.ts';
import type { Failure } from './phase.ts';
import { StarvedError } from './session/starved-error.ts';

/**
 * Which failure of a step an error is; null for an error that is not the session's: the shard is lost, or the mistake
 * is our own. Those end the account's loop.
 */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof TransientError) return 'transient';
  if (error instanceof SessionLostError) return 'session-lost';
  if (error instanceof TicketLostError) return 'ticket-lost';
  if (error instanceof SessionRefusedError) return 'session-refused';
  if (error instanceof StarvedError) return 'starved';
  if (error instanceof SignInRefusedError) return 'sign-in-refused';
  if (error instanceof WrongServiceError) return 'wrong-service';
  if (error instanceof DocumentRefusedError) return 'refused-document';
  // Such as a password file that is being replaced: nothing is wrong with the shard.
  if (error instanceof BridgeError && error.disposition === 'retry') return 'transient';
  return null;
}

/** A failure that a poll can end with. */
export type PollFailure = Exclude<Failure, 'session-refused' | 'sign-in-refused' | 'starved'>;

export function isPollFailure(failure: Failure): failure is PollFailure {
  return failure !== 'session-refused' && failure !== 'sign-in-refused' && failure !== 'starved';
}

/** Whether an error only says that `signal` aborted the step. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}
