import { WrongServiceError } from '../errors.ts';

/**
 * A challenge that cannot be answered. No credentials have been sent, so it counts as no refusal.
 *
 * @param detail What is wrong, in words and numbers of ours: bytes of the server are not quoted.
 */
export function badChallenge(detail: string): WrongServiceError {
  const advice = 'check what stands between the bridge and the server, and which sign-in the server offers';
  return new WrongServiceError(`the server's NTLM challenge cannot be answered: ${detail}; ${advice}`, { detail });
}
