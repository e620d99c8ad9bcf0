import { initialProgress } from '../src/bridge/progress/account-progress.ts';
import type { PlanContext } from '../src/bridge/plans/plan.ts';
import { type AnswerPlan, planAnswer } from '../src/bridge/plans/plan-answer.ts';
import { normalizeSettings } from '../src/commands/normalize-settings.ts';
import { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits } from '../src/cwa/documents/document-limits.ts';
import { eventsAnswerOf } from '../src/cwa/documents/envelope.ts';
import { EVENTS } from '../src/cwa/protocol.ts';
import { readDocument } from '../src/cwa/documents/read-document.ts';
import type { XmlElement } from '../src/lib/xml.ts';
import { makeAccounts } from './answer-server.ts';
import { EventSupply } from './event-supply.ts';

const [ACCOUNT] = makeAccounts(1);
const USERS = ACCOUNT?.users ?? [];
const SUPPLY = new EventSupply(USERS, 'parse');

/** The body of an answer with so many events, each of about 540 bytes. */
export function answerOf(events: number): Buffer {
  const text = SUPPLY.write(1, events);
  return Buffer.from(
    `<cwaEvents pollWaitTime="0" sessionTimeout="600" ackId="${events}" sid="412">${text}\n</cwaEvents>`,
  );
}

/** The bridge's tree of a body. */
export function readTree(body: Uint8Array, limits: DocumentLimits = DEFAULT_DOCUMENT_LIMITS): XmlElement {
  return readDocument(body, { roots: [EVENTS], limits }).root;
}

/** From a tree to records as they are sent, states of users included: the same for whoever made the tree. */
export function normalizeTree(root: XmlElement): AnswerPlan {
  return planAnswer(CONTEXT, PROGRESS, { answer: eventsAnswerOf(root), polledAckId: '0', receivedAt: 0 });
}

const SETTINGS = normalizeSettings({
  installation: 'bench',
  site: 'bench',
  accountId: 'bench',
  accountUri: 'sip:bench@bench.example',
  includeRaw: false,
});
const CONTEXT: PlanContext = {
  settings: { ...SETTINGS, account: { ...SETTINGS.account, users: USERS } },
  now: 0,
  newId: () => 'gap',
  claim: 0,
};
const PROGRESS = {
  ...initialProgress('bench', 'sip:bench@bench.example'),
  state: 'open' as const,
  generation: 1,
  sid: '412',
};
