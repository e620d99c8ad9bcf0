import { present, unreachable } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import { SignInUnavailableError, TransientError } from '../errors.ts';
import type { AuthenticationScheme, HttpAuthentication, OfferedScheme } from './http-authentication.ts';
import { KerberosAuthentication } from './kerberos.ts';
import type { KerberosPackage } from './kerberos.ts';
import { channelBindingsOf } from './ntlm/channel-bindings.ts';
import { identityOf } from './ntlm/identity.ts';
import type { AuthenticateParts } from './ntlm/messages.ts';
import { NtlmAuthentication } from './ntlm/ntlm-authentication.ts';

/** How accounts of a site sign in where Windows does it. */
export interface IntegratedSettings {
  /** `auto` is Kerberos where there is a ticket to be had, else NTLM. */
  readonly mechanism: 'auto' | 'kerberos' | 'ntlm';
  /** The name of the service, `HTTP/` and the host. */
  readonly spn: string;
  /** Name of this machine. */
  readonly workstation: string;
  /** Null if the package is not installed. */
  readonly loadKerberos: () => Promise<KerberosPackage | null>;
  /** So many random bytes, for secrets. */
  readonly randomBytes: (count: number) => Buffer;
}

export interface IntegratedOptions extends IntegratedSettings {
  /** `DOMAIN\user` or `user@domain`; for Kerberos `user@REALM`. */
  readonly user: string;
  /** Null where there is none, which is fine for Kerberos. */
  readonly password: () => Promise<string | null>;
  readonly clock: Clock;
}

/** What a choice rests on. */
export interface OfferOfServer {
  readonly schemes: readonly OfferedScheme[];
  /** The server's certificate as DER, null without TLS; asked for when it is needed, of the connection of that time. */
  readonly certificate: () => Buffer | null;
}

/**
 * Decides between NTLM and Kerberos, by what is configured, what the server offers and what can be had.
 *
 * @throws {@link SignInUnavailableError} if the server does not offer what is configured, or Kerberos is not installed;
 * and what {@link KerberosAuthentication.start} throws.
 */
export async function chooseAuthentication(
  options: IntegratedOptions,
  offer: OfferOfServer,
  signal: AbortSignal,
): Promise<HttpAuthentication> {
  switch (options.mechanism) {
    case 'ntlm':
      return ntlm(options, offer);
    case 'kerberos':
      return kerberos(options, offer, signal);
    case 'auto':
      return (await kerberosIfPossible(options, offer, signal)) ?? ntlm(options, offer);
    default:
      return unreachable(options.mechanism);
  }
}

function ntlm(options: IntegratedOptions, { certificate, schemes }: OfferOfServer): HttpAuthentication {
  const scheme = (['NTLM', 'Negotiate'] as const).find((name) => offers(schemes, name));
  if (scheme === undefined) throw notOffered(schemes, 'NTLM');
  return new NtlmAuthentication({ scheme, parts: () => authenticateParts(options, certificate()) });
}

async function authenticateParts(options: IntegratedOptions, certificate: Buffer | null): Promise<AuthenticateParts> {
  const { clock, randomBytes, spn, user, workstation } = options;
  return {
    identity: identityOf(user, present(await options.password(), 'the password of an account that signs in by NTLM')),
    workstation,
    clientChallenge: randomBytes(8),
    now: clock.now(),
    channelBindings: certificate === null ? null : channelBindingsOf(certificate),
    targetName: spn,
  };
}

async function kerberos(
  { loadKerberos, spn, user }: IntegratedOptions,
  { schemes }: OfferOfServer,
  signal: AbortSignal,
): Promise<HttpAuthentication> {
  if (!offers(schemes, 'Negotiate')) throw notOffered(schemes, 'Negotiate, which Kerberos needs');
  const loaded = await loadKerberos();
  if (loaded === null) throw notInstalled();
  return KerberosAuthentication.start(loaded, { spn, principal: user }, signal);
}

/**
 * Null where NTLM is to be tried: the user has no name for Kerberos, it is not offered, not installed, or there is no
 * ticket. A refusal by the directory
 * is not passed over, because NTLM would be the second wrong guess; nor is any trouble where NTLM has no password.
 */
async function kerberosIfPossible(
  options: IntegratedOptions,
  offer: OfferOfServer,
  signal: AbortSignal,
): Promise<HttpAuthentication | null> {
  if (options.user.includes('\\')) return null;
  try {
    return await kerberos(options, offer, signal);
  } catch (error) {
    const isPassedOver = error instanceof SignInUnavailableError || error instanceof TransientError;
    if (!isPassedOver || (await options.password()) === null) throw error;
    return null;
  }
}

function offers(schemes: readonly OfferedScheme[], scheme: AuthenticationScheme): boolean {
  return schemes.some(({ name }) => name === scheme);
}

function notOffered(schemes: readonly OfferedScheme[], wanted: string): SignInUnavailableError {
  const names = schemes.map(({ name }) => name);
  const offer = names.length === 0 ? 'nothing' : names.join(', ');
  const advice = 'check sites[].signIn and sites[].iwa.mechanism, and the Windows authentication of the site in IIS';
  return new SignInUnavailableError(`the server offers ${offer} to sign in with, not ${wanted}; ${advice}`, {
    offered: names,
  });
}

function notInstalled(): SignInUnavailableError {
  const remedy = 'install it beside this program (npm install kerberos@7; see docs/sign-in.md)';
  return new SignInUnavailableError(
    `Kerberos needs the package "kerberos", which is not installed; ${remedy}, or set sites[].iwa.mechanism to ntlm ` +
      'and give the account a password',
  );
}
