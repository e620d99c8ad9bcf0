import { abortable } from '../../lib/abortable.ts';
import { Deadline } from '../http/deadline.ts';
import { TransientError } from '../errors.ts';
import type { HttpAuthentication } from './http-authentication.ts';
import { ticketError, ticketRefused } from './kerberos-errors.ts';
import type { TicketNames } from './kerberos-errors.ts';

/**
 * What is used of the package `kerberos`, which binds the Kerberos library of the operating system. It is not among
 * the packages that are installed with this program, because it has to be compiled against that library: sites that
 * want it add it (docs/sign-in.md).
 */
export interface KerberosPackage {
  readonly GSS_MECH_OID_SPNEGO: number;
  initializeClient(
    service: string,
    options: { readonly principal: string; readonly mechOID: number },
  ): Promise<KerberosContext>;
}

interface KerberosContext {
  /** Takes and gives Base64, empty for nothing. */
  step(challenge: string): Promise<string | null>;
  readonly contextComplete: boolean;
}

/** The package, or null if it is not installed. */
export async function loadKerberosPackage(name = 'kerberos'): Promise<KerberosPackage | null> {
  try {
    const loaded = (await import(name)) as { readonly default: KerberosPackage };
    return loaded.default;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw new TransientError(
      `the package "${name}" is installed, but cannot be loaded: ${String(error)}; ` +
        'install the Kerberos library of the operating system (Debian: libgssapi-krb5-2), and the package anew',
      { reason: 'kerberos' },
    );
  }
}

/** The library has waits of its own for each domain controller, and no way to end them. */
const TICKET_TIMEOUT_MS = 60_000;

/** The client's side of Kerberos in SPNEGO (RFC 4559): usually one token, which is the whole proof. */
export class KerberosAuthentication implements HttpAuthentication {
  readonly scheme = 'Negotiate';
  readonly #context: KerberosContext;
  readonly #names: TicketNames;
  #first: string | null;

  private constructor(context: KerberosContext, first: string, names: TicketNames) {
    this.#context = context;
    this.#first = first;
    this.#names = names;
  }

  /**
   * Gets a ticket, before anything goes to the server.
   *
   * @throws {@link SignInRefusedError} if the account is refused one; {@link TransientError} (`kerberos`) if there is
   * none for another reason; the signal's reason.
   */
  static async start(
    kerberos: KerberosPackage,
    names: TicketNames,
    signal: AbortSignal,
  ): Promise<KerberosAuthentication> {
    const { principal, spn } = names;
    // GSS-API writes a service of a host with an @; the realm is that of the host.
    const service = spn.replace(/@.*$/, '').replace('/', '@');
    const mechOID = kerberos.GSS_MECH_OID_SPNEGO;
    const work = async (): Promise<readonly [KerberosContext, string]> => {
      const context = await kerberos.initializeClient(service, { principal, mechOID });
      return [context, (await context.step('')) ?? ''];
    };
    const [context, first] = await inTime(work, (error) => ticketError(error, names), signal);
    return new KerberosAuthentication(context, first, names);
  }

  /** @throws {@link SignInRefusedError} if the server says in its answer why it does not take the ticket. */
  async next(challenge: Buffer | null, signal: AbortSignal): Promise<string | null> {
    if (this.#first !== null) {
      const first = this.#first;
      this.#first = null;
      return first;
    }
    if (challenge === null || this.#context.contextComplete) return null;
    const step = (): Promise<string | null> => this.#context.step(challenge.toString('base64'));
    const answer = await inTime(step, (error) => ticketRefused(error, this.#names), signal);
    return answer === null || answer === '' ? null : answer;
  }
}

async function inTime<T>(work: () => Promise<T>, explain: (error: unknown) => Error, signal: AbortSignal): Promise<T> {
  const deadline = new Deadline(signal, TICKET_TIMEOUT_MS);
  try {
    return await abortable(work(), deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error);
  } finally {
    deadline.end();
  }
}
