import { describe, expect, test } from 'vitest';

import { SignInRefusedError, TransientError } from '../../../../src/cwa/errors.ts';
import { KerberosAuthentication, loadKerberosPackage } from '../../../../src/cwa/sign-in/kerberos.ts';
import { failureOf, NEVER } from '../client-harness.ts';
import { fakeKerberos, gssError } from '../fake-kerberos.ts';
import type { FakeKerberos } from '../fake-kerberos.ts';

const NAMES = { spn: 'HTTP/im.fabrikam.example', principal: 'svc@FABRIKAM.EXAMPLE' };

async function start({ load }: FakeKerberos, names = NAMES): Promise<KerberosAuthentication> {
  return KerberosAuthentication.start(await load(), names, NEVER);
}

describe('the conversation', () => {
  test('begins with a token for the service, got before anything is asked of the server', async () => {
    const fake = fakeKerberos({ steps: ['Zmlyc3Q='] });
    const authentication = await start(fake);
    expect(fake.calls).toEqual(['HTTP@im.fabrikam.example svc@FABRIKAM.EXAMPLE 6', 'step ""']);
    expect(authentication.scheme).toBe('Negotiate');
    expect(await authentication.next(null, NEVER)).toBe('Zmlyc3Q=');
  });

  test('names the service without its realm', async () => {
    const fake = fakeKerberos({ steps: [''] });
    await start(fake, { ...NAMES, spn: 'HTTP/im.fabrikam.example@FABRIKAM.EXAMPLE' });
    expect(fake.calls[0]).toMatch(/^HTTP@im\.fabrikam\.example /);
  });

  test('goes on as long as the server asks and the library answers', async () => {
    const fake = fakeKerberos({ steps: ['first', 'second', null] });
    const authentication = await start(fake);
    await authentication.next(null, NEVER);
    expect(await authentication.next(Buffer.from('more'), NEVER)).toBe('second');
    expect(await authentication.next(Buffer.from('more'), NEVER)).toBeNull();
    expect(fake.calls.slice(2)).toEqual(['step "bW9yZQ=="', 'step "bW9yZQ=="']);
  });

  test.each([
    ['the server says nothing more', null, Infinity],
    ['the library is done', Buffer.from('more'), 1],
  ])('ends when %s', async (_when, challenge, completeAfter) => {
    const authentication = await start(fakeKerberos({ steps: ['first', 'second'], completeAfter }));
    await authentication.next(null, NEVER);
    expect(await authentication.next(challenge, NEVER)).toBeNull();
  });

  test('is given up when the caller has no more time', async () => {
    const stop = new AbortController();
    const reason = new Error('the bridge stops');
    const hanging = { GSS_MECH_OID_SPNEGO: 6, initializeClient: () => new Promise<never>(() => undefined) };
    const started = KerberosAuthentication.start(hanging, NAMES, stop.signal);
    stop.abort(reason);
    await expect(started).rejects.toBe(reason);
  });
});

describe('no ticket', () => {
  test.each([
    ['Preauthentication failed', 'make the keytab anew'],
    [`Client 'svc@FABRIKAM.EXAMPLE' not found in Kerberos database`, 'check accounts[].user'],
    [`Client's credentials have been revoked`, 'the account is disabled, locked'],
    ['Password has expired', 'the account is disabled, locked, or its password has expired'],
    ['A required argument is missing', 'start with GSS_MECH_CONFIG=/dev/null'],
  ])('"%s" stops the account', async (cause, advice) => {
    const error = await failureOf(start(fakeKerberos({ steps: [gssError(cause)] })));
    expect(error).toBeInstanceOf(SignInRefusedError);
    expect(error.message).toContain(
      `no Kerberos ticket of svc@FABRIKAM.EXAMPLE for HTTP/im.fabrikam.example: ${cause}; `,
    );
    expect(error.message).toContain(advice);
  });

  test.each([
    ['Server HTTP/im.fabrikam.example@X not found in Kerberos database', 'check sites[].iwa.spn, and with "setspn -Q"'],
    ['Principal in credential cache does not match desired name', 'set KRB5CCNAME to "DIR:" and a folder'],
    ['Clock skew too great', 'set the clocks'],
    [`Cannot contact any KDC for realm 'X'`, 'check krb5.conf'],
    [`Cannot find KDC for realm "X"`, 'check krb5.conf'],
    ['No Kerberos credentials available', 'check that KRB5_CLIENT_KTNAME names a keytab'],
    ['Ticket expired', 'or KRB5CCNAME a ticket cache'],
    ['whatever else', 'check that KRB5_CLIENT_KTNAME names a keytab'],
  ])('"%s" is tried again', async (cause, advice) => {
    const error = await failureOf(start(fakeKerberos({ steps: [gssError(cause)] })));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ code: 'cwa-kerberos', reason: 'kerberos', disposition: 'retry' });
    expect(error.message).toContain(`: ${cause}; `);
    expect(error.message).toContain(advice);
  });
});

describe('a ticket that the server does not take', () => {
  test.each([
    ['Key version is not available', 'setspn -Q HTTP/im.fabrikam.example'],
    ['Clock skew too great', 'set the clocks of this machine and of the server'],
  ])('stops the account: "%s"', async (cause, advice) => {
    const authentication = await start(fakeKerberos({ steps: ['first', gssError(cause)] }));
    await authentication.next(null, NEVER);
    const error = await failureOf(authentication.next(Buffer.from('why'), NEVER));
    expect(error).toBeInstanceOf(SignInRefusedError);
    expect(error.message).toContain(`the server refused the Kerberos ticket of svc@FABRIKAM.EXAMPLE`);
    expect(error.message).toContain(advice);
  });
});

describe('the package', () => {
  test('that is not installed is none', async () => {
    expect(await loadKerberosPackage('no-such-package-anywhere')).toBeNull();
  });

  test('that is installed is loaded', async () => {
    const fake = 'data:text/javascript,export default { GSS_MECH_OID_SPNEGO: 6 }';
    expect(await loadKerberosPackage(fake)).toMatchObject({ GSS_MECH_OID_SPNEGO: 6 });
  });

  test('that does not run says what it needs', async () => {
    const broken = 'data:text/javascript,throw new Error("libgssapi_krb5.so.2: cannot open shared object file")';
    const error = await failureOf(loadKerberosPackage(broken));
    expect(error).toMatchObject({ code: 'cwa-kerberos', disposition: 'retry' });
    expect(error.message).toMatch(/cannot be loaded: Error: libgssapi_krb5.*; install the Kerberos library/);
  });
});
