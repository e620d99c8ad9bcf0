import { TransientError } from '../cwa/errors.ts';
import { unreachable } from '../lib/assert.ts';
import { backoffMs } from '../lib/backoff.ts';
import type { BridgeParts } from './parts.ts';
import type { FailurePolicy, Phase, Transition } from './phase.ts';

/** Milliseconds to wait after a failed step: by the kind of wait, the failures in a row, and what the server asked for. */
export function failureWaitMs(
  { random, settings }: Pick<BridgeParts, 'random' | 'settings'>,
  phase: Phase,
  wait: Transition['wait'],
  error: unknown,
): number {
  switch (wait) {
    case 'none':
      return 0;
    case 'long':
      return settings.session.longWaitMs;
    case 'backoff': {
      const failures = phase.kind === 'opening' || phase.kind === 'open' ? Math.max(1, phase.failures) : 1;
      if (isSlow(error, failures, settings.session)) return settings.session.longWaitMs;
      const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(
        backoffMs(failures, settings.session.backoff, random),
        Math.min(asked, settings.session.longWaitMs),
      );
    }
    default:
      return unreachable(wait);
  }
}

/** Trouble behind the server that a retry does not mend: at once, or after a limited number of them (transport §9.2). */
function isSlow(error: unknown, failures: number, { rebuildAfterFailures }: FailurePolicy): boolean {
  if (!(error instanceof TransientError)) return false;
  return error.reason === 'server-tls' || (error.reason === 'server-failure' && failures > rebuildAfterFailures);
}
