import { BridgeError } from '../../lib/errors.ts';

/** A session answers polls and hands nothing over: it is given up for a new one on the same ticket. */
export class StarvedError extends BridgeError {
  constructor(accountId: string, canary: { readonly rid: string; readonly polls: number; readonly timeoutMs: number }) {
    super(
      `The session of account "${accountId}" starves: a query was accepted, and ${String(canary.polls)} polls over ` +
        `${String(canary.timeoutMs)} ms brought no outcome of it; a new session is opened`,
      { code: 'cwa-starved', disposition: 'reconnect', context: canary },
    );
  }
}
