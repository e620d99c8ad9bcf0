import type { KerberosPackage } from '../../../src/cwa/sign-in/kerberos.ts';

export interface FakeKerberosScript {
  /** What the library gives in turn; an error is thrown. */
  readonly steps: readonly (string | null | Error)[];
  /** After how many steps it needs no more; default all. */
  readonly completeAfter?: number;
}

export interface FakeKerberos {
  readonly load: () => Promise<KerberosPackage>;
  /** What it was asked: service and principal, then what it was given of the server. */
  readonly calls: readonly string[];
}

/** The package `kerberos`, with a library that says what it is told to. */
export function fakeKerberos({ completeAfter = Infinity, steps }: FakeKerberosScript): FakeKerberos {
  const calls: string[] = [];
  const waiting = steps.values();
  let taken = 0;
  const context = {
    get contextComplete() {
      return taken >= completeAfter;
    },
    step: (challenge: string): Promise<string | null> => {
      calls.push(`step "${challenge}"`);
      taken += 1;
      const step = waiting.next().value ?? null;
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
    },
  };
  const initializeClient: KerberosPackage['initializeClient'] = (service, { mechOID, principal }) => {
    calls.push(`${service} ${principal} ${String(mechOID)}`);
    return Promise.resolve(context);
  };
  return { calls, load: () => Promise.resolve({ GSS_MECH_OID_SPNEGO: 6, initializeClient }) };
}

/** What GSS-API says, with the sentence that it puts before everything. */
export function gssError(cause: string): Error {
  return new Error(`Unspecified GSS failure.  Minor code may provide more information: ${cause}`);
}
