import { messageOf } from '../../lib/errors.ts';
import { SignInRefusedError, TransientError } from '../errors.ts';

export interface TicketNames {
  /** `HTTP/im.fabrikam.example`. */
  readonly spn: string;
  /** `user@REALM`: whose key or ticket to use. */
  readonly principal: string;
}

/** What the Kerberos library says, by a part of its words, and what a person should look at. First match wins. */
interface Explanation {
  readonly words: RegExp;
  readonly advice: string;
  /** The key distribution centre has judged the account: another try could lock it. */
  readonly isRefusal?: true;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    words: /preauthentication failed|decrypt integrity check failed/i,
    advice: 'the key in the keytab is not that of the account (any more): make the keytab anew',
    isRefusal: true,
  },
  {
    words: /client .*not found in kerberos database/i,
    advice: 'check accounts[].user: it is written as the directory has it, with the realm in capitals',
    isRefusal: true,
  },
  {
    words: /credentials have been revoked|password has expired/i,
    advice: 'the account is disabled, locked, or its password has expired: ask the administrators of the directory',
    isRefusal: true,
  },
  {
    words: /server .*not found in kerberos database|server not found/i,
    advice: 'check sites[].iwa.spn, and with "setspn -Q" that the directory knows it',
  },
  {
    // What is left of a cause after GSS-API has asked all its mechanisms: that of the last one. It may be a wrong key.
    words: /a required argument is missing/i,
    advice: 'another GSS-API mechanism hides the cause: start with GSS_MECH_CONFIG=/dev/null to see it',
    isRefusal: true,
  },
  {
    words: /does not match desired name/i,
    advice: 'set KRB5CCNAME to "DIR:" and a folder, so that the tickets of several accounts have room side by side',
  },
  { words: /clock skew/i, advice: 'set the clocks of this machine, of the server and of the domain controllers' },
  {
    words: /cannot (contact|find|resolve|locate)|the time is up/i,
    advice: 'check krb5.conf (KRB5_CONFIG) and that the domain controllers can be reached on port 88',
  },
];

const DEFAULT_ADVICE =
  'check that KRB5_CLIENT_KTNAME names a keytab, or KRB5CCNAME a ticket cache, with the key or ticket of the account';

/**
 * The error for a ticket that was not to be had. What the library says goes along: names of principals, hosts and
 * files, no keys.
 */
export function ticketError(error: unknown, { principal, spn }: TicketNames): SignInRefusedError | TransientError {
  const said = wordsOf(error);
  const found = EXPLANATIONS.find(({ words }) => words.test(said));
  const what = `no Kerberos ticket of ${principal} for ${spn}: ${said}; ${found?.advice ?? DEFAULT_ADVICE}`;
  const context = { principal, spn };
  return found?.isRefusal === true
    ? new SignInRefusedError(`${what}; it is not tried again, so that the account is not locked out`, context)
    : new TransientError(`${what}; it is tried again after a wait`, { reason: 'kerberos', context });
}

/** The error for a ticket that the server does not take, and says why in its last token. */
export function ticketRefused(error: unknown, { principal, spn }: TicketNames): SignInRefusedError {
  const said = wordsOf(error);
  const advice = /clock skew/i.test(said)
    ? 'set the clocks of this machine and of the server'
    : `see with "setspn -Q ${spn}" that the name belongs to the account that the site runs under, and to no other`;
  const what = `the server refused the Kerberos ticket of ${principal} for ${spn}: ${said}; ${advice}`;
  return new SignInRefusedError(`${what}; it is not tried again`, { principal, spn });
}

/** The part behind the general sentences that GSS-API puts before every cause. */
function wordsOf(error: unknown): string {
  return messageOf(error).replace(/^(Unspecified GSS failure\.[^:]*|No credentials were supplied, or [^:]*): */, '');
}
