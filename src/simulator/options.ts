import { systemClock, type Clock } from '../lib/clock.ts';
import type { FaultSpec } from './faults.ts';
import { Random } from './random.ts';
import type { RegistryOptions } from './session-registry.ts';
import type { TicketOptions } from './tickets.ts';
import type { ChangeOptions } from './change-source.ts';

/** A service account that may sign in. */
export interface SimulatedAccount {
  /** `DOMAIN\user` or `user@domain`; compared without regard to case. */
  readonly user: string;
  readonly password: string;
  /** With `sip:`. */
  readonly uri: string;
}

/** One poll, as the hook sees it before it is answered. */
export interface PollSeen {
  readonly sid: string;
  readonly accountUri: string;
  /** As it stands in the query; "" if it is missing. */
  readonly ackId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How a server behaves, beyond what the parts define. All have defaults: {@link resolveOptions}. */
interface ServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Decides everything that is random here. */
  readonly seed: string;
  /** The population: how many users, or their URIs. */
  readonly users: number | readonly string[];
  readonly accounts: readonly SimulatedAccount[];
  /** Changes made in all, shared evenly among the accounts; snapshots and answers to requests come on top. */
  readonly eventsTotal: number;
  /** `pollWaitTime` of every answer, in milliseconds. */
  readonly pollWaitTimeMs: number;
  /** Whether the ticket ends together with a session that was idle too long. */
  readonly idleEnds: 'session' | 'sessionAndTicket';
  /** Whether answers begin with an XML declaration. */
  readonly xmlDeclaration: boolean;
  readonly initiateAnswer: 'requestAccepted' | 'initiateSessionAccepted';
  readonly terminateAnswer: 'requestAccepted' | 'requestSucceeded';
  /** How a wrong password is answered: 200 with `requestFailed` and no ticket, or an HTTP status. */
  readonly signInRefusal: 'requestFailed' | '401' | '403';
  /**
   * Header in which a web server in front says whom it has authenticated, for `/iwa/logon.html`; null: that path does
   * not exist. NTLM and Kerberos are spoken in front, not here.
   */
  readonly integratedUserHeader: string | null;
  /** Whether a cookie of a load balancer is set at sign-in and has to come back, as site affinity wants it. */
  readonly affinityCookie: boolean;
  /** How a missing or invalid ticket is answered. */
  readonly ticketRefusal: '401' | '302' | 'html';
  /** `counter`: the number of the latest event of the answer. `lagging`: at times that of an earlier one. */
  readonly ackIdStyle: 'counter' | 'lagging';
  /** Whether the events of an answer stand in the order of their eids. */
  readonly eidOrder: 'ascending' | 'shuffled';
  /** Contacts in the account's list; the first `subscribedContacts` of them are watched without being asked for. */
  readonly contacts: number;
  readonly subscribedContacts: number;
  /** After a restart: go on with the numbers of sessions, or begin again with `firstSid`. */
  readonly sidAfterRestart: 'continue' | 'again';
  /** Faults that are armed from the start. */
  readonly faults: readonly FaultSpec[];
  /** Where the ledger is written when the simulator closes; null: nowhere. */
  readonly ledgerFile: string | null;
}

/** What only a program can give. */
interface InjectedOptions {
  readonly clock: Clock;
  /** A generator for a purpose, for example `tickets`; the default ones hang on `seed`. */
  readonly makeRandom: (purpose: string) => Random;
  /** Called, and awaited, before a poll of a live session is answered. If it throws, the answer is 500. */
  readonly onPoll: ((poll: PollSeen) => Promise<void> | void) | null;
}

export type ResolvedOptions = ServerOptions & InjectedOptions & RegistryOptions & TicketOptions & ChangeOptions;
export type SimulatorOptions = Partial<ResolvedOptions>;

export const DEFAULT_ACCOUNT: SimulatedAccount = {
  user: 'FABRIKAM\\svc-presence01',
  password: 's3cr&t',
  uri: 'sip:svc-presence01@fabrikam.example',
};

/** The options that a configuration file or the command line can set, with their defaults. */
export const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  seed: '1',
  users: 50,
  accounts: [DEFAULT_ACCOUNT],
  eventsPerSecond: 5,
  eventsTotal: Infinity,
  eventsPerAnswer: 500,
  pollWaitTimeMs: 1000,
  sessionTimeoutSeconds: 600,
  idleEnds: 'sessionAndTicket',
  ticketRotation: 'lenient',
  ticketLifetimeSeconds: 14_400,
  ticketRenewSeconds: 300,
  ticketGraceMs: 10_000,
  wireStyle: 'indented',
  xmlDeclaration: false,
  initiateAnswer: 'requestAccepted',
  terminateAnswer: 'requestAccepted',
  signInRefusal: 'requestFailed',
  integratedUserHeader: null,
  affinityCookie: false,
  ticketRefusal: '401',
  ackIdStyle: 'counter',
  eidOrder: 'ascending',
  oddities: false,
  contacts: 3,
  subscribedContacts: 0,
  firstSid: 412,
  sidAfterRestart: 'continue',
  queueMax: 20_000,
  faults: [],
  ledgerFile: null,
} as const satisfies Omit<ResolvedOptions, keyof InjectedOptions>;

/** The options with every default filled in. */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const seed = options.seed ?? DEFAULTS.seed;
  return {
    ...DEFAULTS,
    clock: systemClock,
    makeRandom: (purpose) => new Random(`${seed}/${purpose}`),
    onPoll: null,
    ...options,
  };
}
