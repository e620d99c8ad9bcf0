import { SignInUnavailableError } from '../../errors.ts';

/**
 * A challenge that cannot be answered.
 *
 * @param detail What is wrong, in words and numbers of ours: bytes of the server are not quoted.
 */
export function badChallenge(detail: string): SignInUnavailableError {
  const advice = 'check what stands between the bridge and the server, and which sign-in the server offers';
  return new SignInUnavailableError(`the server's NTLM challenge cannot be answered: ${detail}; ${advice}`, { detail });
}
