import type { EventsAnswer } from '../../cwa/documents/envelope.ts';
import { ACKNOWLEDGE_SUBSCRIBER } from '../../cwa/protocol.ts';
import type { AcknowledgeRequests, PresenceRequest } from '../../cwa/requests.ts';
import type { CwaResponse } from '../../cwa/documents/responses.ts';
import { present } from '../../lib/assert.ts';
import { messageOf } from '../../lib/errors.ts';
import { outcomesIn } from '../outcomes.ts';
import type { SentRequests } from '../progress/own-requests.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import { publishResponses } from '../publish-responses.ts';
import { tryBriefly } from './try-briefly.ts';

/** So many subscribers are acknowledged in one POST, and one POST goes out between two polls. */
const PER_POST_MAX = 50;

/**
 * Acknowledges who watches the account, if it is configured: otherwise the server announces the same people in every
 * session (transport §11). They are acknowledged when Kafka has what was announced, once in a session.
 *
 * Nothing depends on it: what goes wrong is logged, and they are announced again in the next session. A session or a
 * ticket that is lost is found out by the next poll.
 */
export class Acknowledger {
  readonly #parts: BridgeParts;
  #generation = -1;
  /** Announced in this session: waiting, and all of them. */
  #waiting: readonly string[] = [];
  readonly #known = new Set<string>();
  /** Requests whose outcome is still to come. */
  readonly #awaited = new Set<string>();

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /**
   * When an answer is committed.
   *
   * @param subscribers who was announced in it: normalised URIs.
   */
  heard(subscribers: readonly string[], { events }: Pick<EventsAnswer, 'events'>): void {
    const { cursor, settings } = this.#parts;
    if (settings.session.acknowledgeSubscribers === 'off') return;
    if (cursor.progress.generation !== this.#generation) this.#begin(cursor.progress.generation);
    for (const { fault, outcome, rid } of outcomesIn(events)) {
      if (this.#awaited.delete(rid) && outcome !== 'succeeded') this.#noteRefused([rid], fault);
    }
    // Another URI would be rejected as a wrong request (transport §2.3).
    const fresh = new Set(subscribers.filter((uri) => uri.startsWith('sip:') && !this.#known.has(uri)));
    for (const uri of fresh) this.#known.add(uri);
    this.#waiting = [...this.#waiting, ...fresh];
  }

  /** Once each poll of an open session: one POST, if anybody waits for it. */
  async afterPoll(commit: Commit, signal: AbortSignal): Promise<void> {
    const { acknowledgeSubscribers: form } = this.#parts.settings.session;
    if (form === 'off' || this.#waiting.length === 0) return;
    if (this.#parts.cursor.progress.generation !== this.#generation) return;
    const uris = this.#waiting.slice(0, PER_POST_MAX);
    this.#waiting = this.#waiting.slice(PER_POST_MAX);
    await this.#acknowledge(form, uris, commit, signal);
  }

  async #acknowledge(
    form: AcknowledgeRequests['form'],
    uris: readonly string[],
    commit: Commit,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, clock, cursor, log } = this.#parts;
    const sid = present(cursor.progress.sid, 'sid of an open session');
    const requests = uris.map((uri): PresenceRequest => ({ rid: cursor.takeRid(), uris: [uri] }));
    const sent: SentRequests = { method: ACKNOWLEDGE_SUBSCRIBER, sentAt: clock.now(), requests };
    const onFailure = (error: unknown): void => {
      log.info({ subscribers: uris.length, reason: messageOf(error) }, `subscribers not acknowledged: ${AGAIN}`);
    };
    const answered = await tryBriefly(
      this.#parts,
      (over) => client.acknowledgeSubscriber({ form, sid, requests }, over),
      onFailure,
      signal,
    );
    if (answered === null) return;
    await publishResponses(this.#parts, commit, answered, sent);
    this.#take(answered.answer.responses);
  }

  /** What is accepted is still to be carried out. */
  #take(responses: readonly CwaResponse[]): void {
    for (const { outcome, rid } of responses) if (outcome === 'accepted' && rid !== null) this.#awaited.add(rid);
    const refused = responses.filter(({ fault, outcome }) => fault !== null || outcome === 'rejected');
    const [first] = refused;
    if (first === undefined) return;
    const rids = refused.map(({ rid }) => rid);
    this.#noteRefused(rids, first.fault);
  }

  #noteRefused(rids: readonly (string | null)[], fault: CwaResponse['fault']): void {
    const codes = { code: fault?.code ?? null, sipCode: fault?.sip?.code ?? null };
    this.#parts.log.info({ rids, ...codes }, `acknowledgement of subscribers refused: ${AGAIN}`);
  }

  /** Another session: what was asked in the one before is answered by nobody. */
  #begin(generation: number): void {
    this.#generation = generation;
    this.#waiting = [];
    this.#known.clear();
    this.#awaited.clear();
  }
}

const AGAIN = 'the next session announces them again';
