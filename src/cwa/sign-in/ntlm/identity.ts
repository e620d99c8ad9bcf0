import type { NtlmIdentity } from './responses.ts';

/** The account's name in the parts that NTLM wants: `user@domain` goes whole, with an empty domain (MS-NLMP §3.3.2). */
export function identityOf(user: string, password: string): NtlmIdentity {
  const backslash = user.indexOf('\\');
  if (backslash === -1) return { user, domain: '', password };
  return { user: user.slice(backslash + 1), domain: user.slice(0, backslash), password };
}
