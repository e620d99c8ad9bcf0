import { describe, expect, test } from 'vitest';

import { SignInRefusedError, SignInUnavailableError, TransientError } from '../../../../src/cwa/errors.ts';
import type { HttpAuthentication } from '../../../../src/cwa/sign-in/http-authentication.ts';
import { offeredSchemes } from '../../../../src/cwa/sign-in/http-authentication.ts';
import { chooseAuthentication } from '../../../../src/cwa/sign-in/integrated-authentication.ts';
import type { IntegratedOptions } from '../../../../src/cwa/sign-in/integrated-authentication.ts';
import { KerberosAuthentication } from '../../../../src/cwa/sign-in/kerberos.ts';
import { NtlmAuthentication } from '../../../../src/cwa/sign-in/ntlm/ntlm-authentication.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { failureOf, NEVER } from '../client-harness.ts';
import { fakeKerberos, gssError } from '../fake-kerberos.ts';

const BOTH = ['Negotiate', 'NTLM'];
const TICKET = fakeKerberos({ steps: ['dG9rZW4='] }).load;
const NOT_INSTALLED = (): Promise<null> => Promise.resolve(null);
const PASSWORD = (): Promise<string> => Promise.resolve('password');
const NO_PASSWORD = (): Promise<null> => Promise.resolve(null);

function failing(cause: string): IntegratedOptions['loadKerberos'] {
  return fakeKerberos({ steps: [gssError(cause)] }).load;
}

function choose(options: Partial<IntegratedOptions>, offered: readonly string[] = BOTH): Promise<HttpAuthentication> {
  const all: IntegratedOptions = {
    mechanism: 'auto',
    spn: 'HTTP/im.fabrikam.example',
    user: 'svc@FABRIKAM.EXAMPLE',
    password: PASSWORD,
    workstation: 'BRIDGE',
    loadKerberos: TICKET,
    randomBytes: (count) => Buffer.alloc(count),
    clock: systemClock,
    ...options,
  };
  return chooseAuthentication(all, { schemes: offeredSchemes(offered), certificate: () => null }, NEVER);
}

describe('mechanism auto', () => {
  test('is Kerberos where there is a ticket', async () => {
    expect(await choose({})).toBeInstanceOf(KerberosAuthentication);
  });

  test.each<[why: string, options: Partial<IntegratedOptions>, offered: readonly string[]]>([
    ['the package is not installed', { loadKerberos: NOT_INSTALLED }, BOTH],
    ['there is no ticket', { loadKerberos: failing('Ticket expired') }, BOTH],
    ['the server offers no Negotiate', {}, ['NTLM']],
    ['the user has no name for Kerberos', { user: 'FABRIKAM\\svc' }, BOTH],
  ])('is NTLM where %s', async (_why, options, offered) => {
    const authentication = await choose(options, offered);
    expect(authentication).toBeInstanceOf(NtlmAuthentication);
    expect(authentication.scheme).toBe('NTLM');
  });

  test('is no second guess: an account that the directory refuses stops', async () => {
    const error = await failureOf(choose({ loadKerberos: failing('Preauthentication failed') }));
    expect(error).toBeInstanceOf(SignInRefusedError);
  });

  test('keeps to Kerberos where there is no password', async () => {
    const error = await failureOf(choose({ password: NO_PASSWORD, loadKerberos: failing('Ticket expired') }));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('Ticket expired');
  });

  test('says what to install where there is neither package nor password', async () => {
    const error = await failureOf(choose({ password: NO_PASSWORD, loadKerberos: NOT_INSTALLED }));
    expect(error).toBeInstanceOf(SignInUnavailableError);
    expect(error).toMatchObject({ code: 'cwa-sign-in-unavailable' });
    expect(error.message).toMatch(/"kerberos", which is not installed; .*npm install kerberos@7.*mechanism to ntlm/);
  });
});

describe('a mechanism that is configured is not replaced by another', () => {
  test('Kerberos, though NTLM would do', async () => {
    expect(await failureOf(choose({ mechanism: 'kerberos', loadKerberos: NOT_INSTALLED }))).toMatchObject({
      code: 'cwa-sign-in-unavailable',
    });
    const error = await failureOf(choose({ mechanism: 'kerberos' }, ['NTLM']));
    expect(error).toBeInstanceOf(SignInUnavailableError);
    expect(error.message).toMatch(/offers NTLM to sign in with, not Negotiate, which Kerberos needs; check sites\[\]/);
  });

  test('NTLM, though there is a ticket', async () => {
    expect(await choose({ mechanism: 'ntlm' })).toBeInstanceOf(NtlmAuthentication);
  });
});
