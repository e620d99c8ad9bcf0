import { expect, test } from 'vitest';

import { verdictOnSignIn } from '../../../../src/commands/doctor/sign-in-verdicts.ts';
import { SignInRefusedError, SignInUnavailableError, TransientError } from '../../../../src/cwa/errors.ts';
import { ticketError, ticketRefused } from '../../../../src/cwa/sign-in/kerberos-errors.ts';

const NAMES = { spn: 'HTTP/im.fabrikam.example', principal: 'svc@FABRIKAM.EXAMPLE' };

test.each<[what: string, error: Error, code: string]>([
  [
    'a server that offers something else',
    new SignInUnavailableError('the server offers Basic to sign in with, not NTLM'),
    'sign-in-unavailable',
  ],
  ['no way to a domain controller', ticketError(new Error('Cannot contact any KDC'), NAMES), 'kerberos-ticket-missing'],
  ['an old key', ticketError(new Error('Preauthentication failed'), NAMES), 'kerberos-refused'],
  ['a ticket for another', ticketRefused(new Error('Key version is not available'), NAMES), 'kerberos-refused'],
])('%s is told in the words of its error', (_what, error, code) => {
  expect(verdictOnSignIn(error, 'watcher')).toMatchObject({ code, cause: error.message });
});

test.each<[what: string, error: Error, code: string]>([
  ['a wrong password', new SignInRefusedError('refused', { statusCode: 401 }), 'sign-in-refused'],
  ['a busy server', new TransientError('busy', { reason: 'busy' }), 'server-busy'],
])('%s is what it is with forms', (_what, error, code) => {
  expect(verdictOnSignIn(error, 'watcher')).toMatchObject({ code });
});
