import { SessionRefusedError } from '../../cwa/errors.ts';
import type { PollResult } from '../../cwa/poll.ts';
import { INITIATE_SESSION } from '../../cwa/protocol.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { outcomesIn } from '../outcomes.ts';
import { findRequest } from '../progress/own-requests.ts';

/**
 * A sign-in that fails inside OCS shows only when the session has been accepted: as the failure of `initiateSession`
 * on the data channel (transport §4). Too many endpoints of the user are the likeliest cause (§8).
 *
 * @throws {@link SessionRefusedError} if an answer holds one.
 */
export function throwIfSessionRefused(result: PollResult, { requests, sid }: AccountProgress): void {
  if (result.kind !== 'events') return;
  for (const { fault, outcome, rid } of outcomesIn(result.answer.events)) {
    if (outcome === 'succeeded' || findRequest(rid, requests)?.method !== INITIATE_SESSION) continue;
    const codes = { faultCode: fault?.code ?? null, sipCode: fault?.sip?.code ?? null };
    throw new SessionRefusedError(
      `The server accepted session ${sid ?? ''} and then failed to open it (error code ${String(codes.faultCode ?? 'absent')}, ` +
        `SIP code ${String(codes.sipCode ?? 'absent')}); perhaps the account has too many endpoints or is not enabled; ` +
        'it is tried again after a long wait',
      { rid, ...codes },
    );
  }
}
