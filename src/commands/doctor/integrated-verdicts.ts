import { SignInRefusedError, SignInUnavailableError, TransientError } from '../../cwa/errors.ts';
import { failed, type Verdict } from './verdict.ts';

/** What a sign-in that is integrated with Windows meant when it failed; null for errors that any sign-in may have. */
export function verdictOnIntegrated(error: unknown): Verdict | null {
  if (error instanceof SignInUnavailableError) {
    return failed(
      'sign-in-unavailable',
      error.message,
      'correct `sites[].signIn` or `sites[].iwa`, or the authentication of the site in IIS; see docs/sign-in.md',
    );
  }
  if (error instanceof TransientError && error.reason === 'kerberos') {
    return failed(
      'kerberos-ticket-missing',
      error.message,
      'correct keytab, krb5.conf, SPN or clock, as the message says; see docs/sign-in.md',
    );
  }
  if (error instanceof SignInRefusedError && 'principal' in error.context) {
    return failed(
      'kerberos-refused',
      error.message,
      'correct the key of the account, or to whom the SPN belongs, as the message says; see docs/sign-in.md',
    );
  }
  return null;
}
