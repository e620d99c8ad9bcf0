import { describe, expect, test } from 'vitest';

import { configurationFrom, minimal } from './builders.ts';

/** The configuration of a site that signs in integrated with Windows, and its one account. */
async function configured(mechanism: string, account: Record<string, unknown>) {
  const values = minimal();
  const sites = [{ ...values.sites[0], signIn: 'iwa', iwa: { mechanism } }];
  return configurationFrom({ ...values, sites, accounts: [{ ...values.accounts[0], ...account }] });
}

describe('Windows-integrated sign-in', () => {
  test.each([
    ['ntlm', { user: 'EXAMPLE\\svc' }],
    ['ntlm', { user: 'svc@example.com' }],
    ['auto', { user: 'EXAMPLE\\svc' }],
    ['auto', { user: 'svc@example.com' }],
  ])('by %s takes %o with a password', async (mechanism, account) => {
    const { accounts } = await configured(mechanism, account);
    expect(await accounts[0]?.password?.read()).toBe('open sesame');
  });

  test.each(['kerberos', 'auto'])('by %s needs no password: the key is in a keytab', async (mechanism) => {
    const { accounts } = await configured(mechanism, { user: 'svc@EXAMPLE.COM', password: null });
    expect(accounts[0]?.password).toBeNull();
  });
});
