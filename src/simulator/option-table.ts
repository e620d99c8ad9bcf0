import type { SimulatorOptions } from './options.ts';

/** The options that a configuration file and the command line can set. `accounts` and `faults` are lists: files only. */
export type TableOption = Exclude<keyof SimulatorOptions, 'clock' | 'makeRandom' | 'onPoll' | 'accounts' | 'faults'>;

/** What a value may be, and what the option is about. */
export interface OptionRule {
  readonly about: string;
  readonly kind:
    | { readonly type: 'text' }
    | { readonly type: 'boolean' }
    | { readonly type: 'choice'; readonly of: readonly string[] }
    | { readonly type: 'whole'; readonly least: number; readonly most: number }
    | { readonly type: 'number'; readonly least: number; readonly most: number }
    | { readonly type: 'users' };
}

const text: OptionRule['kind'] = { type: 'text' };
const boolean: OptionRule['kind'] = { type: 'boolean' };
const choice = (...of: readonly string[]): OptionRule['kind'] => ({ type: 'choice', of });
const whole = (least: number, most: number): OptionRule['kind'] => ({ type: 'whole', least, most });

/** In the order of the help text. */
export const OPTION_TABLE: Readonly<Record<TableOption, OptionRule>> = {
  host: { kind: text, about: 'address to listen on' },
  port: { kind: whole(0, 65_535), about: 'port to listen on; 0: a free one' },
  seed: { kind: text, about: 'decides everything that is random' },
  users: { kind: { type: 'users' }, about: 'size of the population, or its URIs (comma-separated)' },
  eventsPerSecond: {
    kind: { type: 'number', least: 0, most: Infinity },
    about: 'changes a second and session; "unlimited": as many as an answer takes',
  },
  eventsTotal: { kind: whole(0, Infinity), about: 'changes in all, shared among the accounts; "unlimited"' },
  eventsPerAnswer: { kind: whole(1, 100_000), about: 'the most events in one answer' },
  pollWaitTimeMs: { kind: whole(0, 600_000), about: 'pollWaitTime of the answers, in milliseconds' },
  sessionTimeoutSeconds: { kind: whole(1, 1_000_000), about: 'a session without user activity lives this long' },
  idleEnds: { kind: choice('session', 'sessionAndTicket'), about: 'what ends when a session was idle too long' },
  ticketRotation: { kind: choice('lenient', 'strict'), about: 'older tickets: valid until their expiry, or not' },
  ticketLifetimeSeconds: { kind: whole(1, 10_000_000), about: 'how long a ticket is valid' },
  ticketRenewSeconds: { kind: whole(0, 10_000_000), about: 'a ticket older than this is replaced; 0: every time' },
  ticketGraceMs: { kind: whole(0, 600_000), about: 'strict: the ticket before the newest stays valid this long' },
  wireStyle: { kind: choice('indented', 'compact'), about: 'how answers are written' },
  xmlDeclaration: { kind: boolean, about: 'whether answers begin with an XML declaration' },
  initiateAnswer: {
    kind: choice('requestAccepted', 'initiateSessionAccepted'),
    about: 'the answer to initiateSession',
  },
  terminateAnswer: { kind: choice('requestAccepted', 'requestSucceeded'), about: 'the answer to terminateSession' },
  signInRefusal: { kind: choice('requestFailed', '401', '403'), about: 'the answer to a wrong password' },
  integratedUserHeader: { kind: text, about: 'header by which a server in front says who signs in at /iwa/logon.html' },
  affinityCookie: { kind: boolean, about: 'set a cookie at sign-in that has to come back' },
  ticketRefusal: { kind: choice('401', '302', 'html'), about: 'the answer to an invalid ticket' },
  ackIdStyle: { kind: choice('counter', 'lagging'), about: 'ackId: the last event of the answer, or at times less' },
  eidOrder: { kind: choice('ascending', 'shuffled'), about: 'the order of the events of an answer' },
  oddities: { kind: boolean, about: 'undocumented events among the changes' },
  contacts: { kind: whole(0, 10_000), about: "contacts in the account's list" },
  subscribedContacts: { kind: whole(0, 10_000), about: 'how many of them are watched without being asked for' },
  firstSid: { kind: whole(1, 2_000_000_000), about: 'the first sid' },
  sidAfterRestart: { kind: choice('continue', 'again'), about: 'numbers of sessions after a restart' },
  queueMax: { kind: whole(1, 1_000_000), about: 'a session with more unacknowledged events is ended' },
  ledgerFile: { kind: text, about: 'where the ledger is written at the end' },
};
