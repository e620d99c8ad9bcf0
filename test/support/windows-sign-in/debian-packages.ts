import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the tests of Windows-integrated sign-in run, and a file by which each package is known. */
const PACKAGES: Readonly<Record<string, string>> = {
  apache2: '/usr/sbin/apache2',
  'libapache2-mod-auth-gssapi': '/usr/lib/apache2/modules/mod_auth_gssapi.so',
  'gss-ntlmssp': '/usr/lib/*/gssntlmssp/gssntlmssp.so',
  'krb5-kdc': '/usr/sbin/krb5kdc',
  'krb5-admin-server': '/usr/sbin/kadmin.local',
  'libkrb5-dev': '/usr/include/gssapi/gssapi.h',
};

/** Cold it takes a quarter of a minute; this is for slow links, and for another program that holds the lock. */
export const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Sees to it that a web server which speaks NTLM and Kerberos, and a Kerberos realm, can be started: by Debian's
 * packages, which are installed if they are missing and we may. No service is started by that.
 *
 * @throws that says what is missing and how to get it: these tests do not skip.
 */
export async function ensurePackages(): Promise<void> {
  const missing = Object.entries(PACKAGES).flatMap(([name, file]) => (globSync(file).length > 0 ? [] : [name]));
  if (missing.length === 0) return;
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  const need = `The tests of Windows-integrated sign-in need packages of Debian: apt-get ${install.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(`${need}\n(They install it themselves when they run as root.)`);
  const options = ['-o', `DPkg::Lock::Timeout=${String(INSTALL_TIMEOUT_MS / 1000)}`];
  // At run level 1 no package starts its service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    await run('apt-get', [...options, 'update'], { env, timeout: INSTALL_TIMEOUT_MS });
    await run('apt-get', [...options, ...install], { env, timeout: INSTALL_TIMEOUT_MS });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new Error(`${need}\n${stderr}`, { cause });
  }
}
