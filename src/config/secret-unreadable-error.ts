import { BridgeError, messageOf } from '../lib/errors.ts';

/** The file of a secret cannot be read. Worth another try: a mounted secret is absent for a moment while it is replaced. */
export class SecretUnreadableError extends BridgeError {
  constructor(file: string, cause: unknown) {
    super(`Cannot read the secret from ${file}: ${messageOf(cause)}. Check that the file is there and readable.`, {
      code: 'secret-unreadable',
      disposition: 'retry',
      cause,
      context: { file },
    });
  }
}
