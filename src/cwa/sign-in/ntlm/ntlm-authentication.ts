import type { AuthenticationScheme, HttpAuthentication } from '../http-authentication.ts';
import { badChallenge } from './bad-challenge.ts';
import { readChallengeMessage } from './challenge-message.ts';
import { authenticateMessage, negotiateMessage } from './messages.ts';
import type { AuthenticateParts } from './messages.ts';

export interface NtlmOptions {
  /** `NTLM`, or `Negotiate`, in which Windows servers take the same messages. */
  readonly scheme: AuthenticationScheme;
  /** Asked for when the challenge is here: a secret is not held while a server thinks. */
  readonly parts: () => Promise<AuthenticateParts>;
}

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'negotiating'; readonly negotiate: Buffer }
  | { readonly kind: 'answered' };

/**
 * The client's side of NTLM over HTTP (MS-NTHT §3.1): says what it can, gets a challenge, answers it once. The second
 * answer would be a second guess at the password.
 */
export class NtlmAuthentication implements HttpAuthentication {
  readonly scheme: AuthenticationScheme;
  readonly #parts: NtlmOptions['parts'];
  #state: State = { kind: 'new' };

  constructor({ parts, scheme }: NtlmOptions) {
    this.scheme = scheme;
    this.#parts = parts;
  }

  /** @throws {@link SignInUnavailableError} if the server's challenge is none, or malformed. */
  async next(challenge: Buffer | null): Promise<string | null> {
    if (this.#state.kind === 'answered') return null;
    if (this.#state.kind === 'new') {
      const negotiate = negotiateMessage();
      this.#state = { kind: 'negotiating', negotiate };
      return negotiate.toString('base64');
    }
    if (challenge === null) throw badChallenge('there is none in the answer to the first message');
    const { negotiate } = this.#state;
    this.#state = { kind: 'answered' };
    const message = readChallengeMessage(challenge);
    return authenticateMessage(message, await this.#parts(), { negotiate, challenge }).toString('base64');
  }
}
