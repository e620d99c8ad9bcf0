import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';

type Account = DraftSettings['accounts'][number];
type Site = DraftSettings['sites'][number];

/** Whether accounts of this site must have a password: all but those that may sign in by Kerberos, with a key. */
export function needsPassword(site: Site | undefined): boolean {
  return site?.signIn !== 'iwa' || site.iwa.mechanism === 'ntlm';
}

/** Whether the account's name and secret fit the way in which its site signs in. */
export function integratedProblems(path: string, account: Account, site: Site | undefined): readonly Problem[] {
  if (site?.signIn !== 'iwa') return [];
  const { mechanism } = site.iwa;
  const hasPassword = account.password !== null || account.passwordFile !== null;
  const problems: Problem[] = [];
  if (mechanism === 'kerberos' && hasPassword) {
    const message = 'is of no use with sites[].iwa.mechanism kerberos';
    const remedy = 'neither password nor passwordFile: the key is in a keytab; or mechanism auto';
    problems.push(problem(`${path}.password`, message, remedy, null));
  }
  if (account.user === null) return problems;
  const isPrincipal = /^[^\\@]+@[^\\@]+$/.test(account.user);
  if (mechanism === 'kerberos' || !hasPassword) {
    if (isPrincipal) return problems;
    const message = 'is no name for Kerberos';
    return [...problems, problem(`${path}.user`, message, 'user@REALM, as "klist -k" shows it', account.user)];
  }
  if (isPrincipal || /^[^\\@]+\\[^\\@]+$/.test(account.user)) return problems;
  const remedy = '"DOMAIN\\user" or "user@domain"';
  return [...problems, problem(`${path}.user`, 'names no domain, which sign-in iwa needs', remedy, account.user)];
}

function problem(path: string, message: string, remedy: string, value: string | null): Problem {
  return { path, message, remedy, value: value === null ? null : shown(value), source: null };
}
