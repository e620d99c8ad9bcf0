import { inspect } from 'node:util';

import { assert, present } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { StatusClass } from '../lib/status-class.ts';
import { initiateSession, sendCommand, terminateSession } from './commands.ts';
import type { CommandAnswer, SessionAnswer } from './commands.ts';
import { DEFAULT_TLS } from './http/connector.ts';
import type { SiteTls } from './http/connector.ts';
import { Credentials } from './credentials.ts';
import { DEFAULT_DOCUMENT_LIMITS } from './documents/document-limits.ts';
import type { DocumentLimits } from './documents/document-limits.ts';
import type { IntegratedSettings } from './sign-in/integrated-authentication.ts';
import type { OddAnswer } from './http/odd-answer.ts';
import { keepAlivePoll, poll } from './poll.ts';
import type { KeepAliveResult, PollRequest, PollResult } from './poll.ts';
import { LOGON_FORMS_PATH, LOGON_IWA_PATH } from './protocol.ts';
import {
  acknowledgeSubscriberRequest,
  queryPresenceRequest,
  subscribePresenceRequest,
  unsubscribePresenceRequest,
} from './requests.ts';
import type { AcknowledgeRequests, InitiateSessionRequest, PresenceRequests, UnsubscribeRequests } from './requests.ts';
import type { SessionSecrets } from './session-secrets.ts';
import { signIn } from './sign-in/sign-in.ts';
import type { SignInResult, SignInStep } from './sign-in/sign-in.ts';
import { DEFAULT_TIMEOUTS, Transport } from './http/transport.ts';
import type { CwaTimeouts, ExchangeFacts } from './http/transport.ts';

export interface CwaClientOptions {
  /** Scheme, host, port, and perhaps a path that stands before the paths of the API. */
  readonly baseUrl: string;
  /** How TLS is spoken. Default as Node.js does. */
  readonly tls?: SiteTls;
  /** `DOMAIN\user` or `user@domain`. */
  readonly user: string;
  /** Asked for at every sign-in, so that a changed secret is seen; never kept. Null: none, and Kerberos needs none. */
  readonly password: () => Promise<string | null>;
  /** The account's SIP URI, or null to leave it to the server. */
  readonly uri: string | null;
  /** Signs in integrated with Windows, and how; default null: by the forms channel. */
  readonly integrated?: IntegratedSettings | null;
  /** Default `/forms/logon.html` or `/iwa/logon.html`. */
  readonly logonPath?: string;
  readonly limits?: Partial<DocumentLimits>;
  readonly timeouts?: Partial<CwaTimeouts>;
  /** Default `cwa-kafka-bridge`. */
  readonly userAgent?: string;
  readonly clock: Clock;
  /** Told about every complete exchange, for metrics and debug logs. */
  readonly onExchange?: (exchange: ExchangeFacts) => void;
  /** Told about answers that are no documents, without their secrets, for debug logs. */
  readonly onOddAnswer?: (answer: OddAnswer) => void;
  /** What statuses of the command and data channel mean where the server differs from the usual; default none. */
  readonly statusClasses?: ReadonlyMap<number, StatusClass>;
}

export type SessionParameters = Omit<InitiateSessionRequest, 'signInData'>;

/**
 * One account's conversation with one CWA server: sign in, open a session, watch people, poll, end.
 *
 * The client holds the ticket, the cookies and `signInData`, and renews the ticket from every response. It holds no
 * session: `sid` and `ackId` come from the caller, who knows what Kafka has committed. It repeats nothing: every
 * error says by its class what the caller should do.
 *
 * All exchanges share one connection, one after the other. A server that holds polls open therefore holds up
 * commands; abort the poll to get through.
 */
export class CwaClient {
  readonly #options: CwaClientOptions;
  readonly #limits: DocumentLimits;
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  #isPolling = false;

  constructor(options: CwaClientOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_DOCUMENT_LIMITS, ...options.limits };
    this.#credentials = new Credentials(() => options.clock.now());
    this.#transport = new Transport({
      baseUrl: options.baseUrl,
      tls: options.tls ?? DEFAULT_TLS,
      timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
      bodyBytesMax: this.#limits.bodyBytesMax,
      userAgent: options.userAgent ?? 'cwa-kafka-bridge',
      clock: options.clock,
      credentials: this.#credentials,
      onExchange: options.onExchange ?? null,
      onOddAnswer: options.onOddAnswer ?? null,
      statusClasses: options.statusClasses ?? new Map(),
    });
  }

  /** One sign-in attempt; see {@link signIn} for what it throws. */
  async signIn(signal: AbortSignal): Promise<SignInResult> {
    const { clock, integrated: settings = null, logonPath, password, uri, user } = this.#options;
    const step = { transport: this.#transport, credentials: this.#credentials, limits: this.#limits };
    if (settings !== null) {
      const integrated = { ...settings, user, password, clock };
      const windows: SignInStep = { ...step, logonPath: logonPath ?? LOGON_IWA_PATH, integrated };
      return signIn(windows, { user: null, password: null, uri }, signal);
    }
    const forms: SignInStep = { ...step, logonPath: logonPath ?? LOGON_FORMS_PATH, integrated: null };
    return signIn(forms, { user, password: present(await password(), 'the password'), uri }, signal);
  }

  /** Opens a session with the ticket at hand. The rid must be unique; trouble of class `TicketLostError` asks for a sign-in. */
  initiateSession(parameters: SessionParameters, signal: AbortSignal): Promise<SessionAnswer> {
    const { signInData } = this.#credentials;
    return initiateSession(this.#step(), { ...parameters, signInData }, signal);
  }

  /** Snapshot first, then every change, as events. Look at each response: one chunk may fail where others do not. */
  subscribePresence(requests: PresenceRequests, signal: AbortSignal): Promise<CommandAnswer> {
    return sendCommand(this.#step(), subscribePresenceRequest(requests), signal);
  }

  unsubscribePresence(requests: UnsubscribeRequests, signal: AbortSignal): Promise<CommandAnswer> {
    return sendCommand(this.#step(), unsubscribePresenceRequest(requests), signal);
  }

  /** One snapshot, as an event; the outcome follows with the same rid. */
  queryPresence(requests: PresenceRequests, signal: AbortSignal): Promise<CommandAnswer> {
    return sendCommand(this.#step(), queryPresenceRequest(requests), signal);
  }

  /** The server does not announce these subscribers again; the outcomes follow as events with the same rids. */
  acknowledgeSubscriber(requests: AcknowledgeRequests, signal: AbortSignal): Promise<CommandAnswer> {
    return sendCommand(this.#step(), acknowledgeSubscriberRequest(requests), signal);
  }

  /** Gets the events after `ackId`, and so acknowledges those up to it. One poll at a time. */
  poll(request: PollRequest, signal: AbortSignal): Promise<PollResult> {
    return this.#alone(() => poll(this.#step(), request, signal));
  }

  /** A poll that reads only envelope and ticket, for when nothing can be published. One poll at a time. */
  keepAlivePoll(request: PollRequest, signal: AbortSignal): Promise<KeepAliveResult> {
    return this.#alone(() => keepAlivePoll(this.#step(), request, signal));
  }

  /** Ends a session; the ticket stays good. Null if the server said nothing that can be read. */
  terminateSession(
    request: { readonly sid: string; readonly rid: string },
    signal: AbortSignal,
  ): Promise<CommandAnswer | null> {
    return terminateSession(this.#step(), request, signal);
  }

  /** What another process needs to go on with this session. Only for sealing. */
  credentials(): SessionSecrets {
    return this.#credentials.secrets();
  }

  /** Takes over the secrets of a session that another process opened. */
  restore(secrets: SessionSecrets): void {
    this.#credentials.restore(secrets);
  }

  /** Ends the connection and what is in flight on it. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  [inspect.custom](): string {
    return `CwaClient ${new URL(this.#options.baseUrl).origin}`;
  }

  #step(): { readonly transport: Transport; readonly limits: DocumentLimits } {
    return { transport: this.#transport, limits: this.#limits };
  }

  async #alone<T>(exchange: () => Promise<T>): Promise<T> {
    assert(!this.#isPolling, 'a poll is in flight already');
    this.#isPolling = true;
    try {
      return await exchange();
    } finally {
      this.#isPolling = false;
    }
  }
}
