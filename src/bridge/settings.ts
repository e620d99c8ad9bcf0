import type { SessionParameters } from '../cwa/client.ts';
import type { SubscriberForm } from '../cwa/requests.ts';
import type { BackoffBounds } from '../lib/backoff.ts';
import type { SchemaIds } from '../records/encode-value.ts';
import type { Privacy } from '../records/privacy.ts';
import type { PseudonymKey } from '../records/pseudonyms/pseudonym.ts';
import type { PublishedTopic } from '../records/topics/topics.ts';
import type { FailurePolicy } from './phase.ts';
import type { SealingKey } from './progress/sealing.ts';

/** Who an account is: names as configured, URIs normalised. */
export interface AccountIdentity {
  readonly installation: string;
  readonly site: string;
  readonly accountId: string;
  readonly accountUri: string;
}

/** How the session of an account is led. Milliseconds unless the name says otherwise. */
export interface SessionSettings extends FailurePolicy {
  readonly pollWaitMinMs: number;
  readonly pollWaitMaxMs: number;
  /** While a commit is pending the session is kept alive at least this often, or a quarter of its time left. */
  readonly keepAliveMs: number;
  /** URIs in one `subscribePresence`. */
  readonly subscribeChunk: number;
  /** Whether who watches the account is acknowledged, and in which form. */
  readonly acknowledgeSubscribers: 'off' | SubscriberForm;
  /** A snapshot that is still incomplete then is closed, with the missing users listed. */
  readonly snapshotTimeoutMs: number;
  readonly backoff: BackoffBounds;
  /** Between tries against an address that does not speak CWA. */
  readonly longWaitMs: number;
  /** Progress is written at most so often when only ackId or ticket changed (design §4.8). */
  readonly progressIntervalMs: number;
  readonly canary: {
    /** From one query of the account's own presence to the next. */
    readonly intervalMs: number;
    /** An outcome that takes longer while polls are answered means that the session starves. */
    readonly timeoutMs: number;
  };
  /** So many sessions given up within the window quarantine the account (I8). */
  readonly poisonLimit: number;
  readonly poisonWindowMs: number;
  readonly quarantineMs: number;
  /** So many sessions lost within the window hold the account back. */
  readonly lossLimit: number;
  readonly lossWindowMs: number;
  readonly lossHoldMs: number;
  /** So many refused sign-ins on record stop the account until its secret changes. */
  readonly signInRefusalsMax: number;
  /** How often a stopped account looks whether its secret is another one. */
  readonly secretCheckMs: number;
  /** Without a sealing key a changed secret cannot be noticed over a restart: then refusals are forgotten after this. */
  readonly signInRefusalMemoryMs: number;
}

export interface RecordSettings {
  /** Logical topic name → configured topic name. */
  readonly topics: Readonly<Record<PublishedTopic, string>>;
  /** Not set: values are JSON. */
  readonly schemaIds?: SchemaIds | undefined;
  readonly recordBytesMax: number;
  readonly rawXmlBytesMax: number;
  /** So much of an unreadable answer is published. */
  readonly deadLetterBytesMax: number;
  readonly includeRaw: boolean;
  readonly privacyNotes: Privacy;
  readonly privacyMessages: Privacy;
  /** Not set, or none: people are named. The first makes the pseudonyms; the others made those of before. */
  readonly pseudonymKeys?: readonly PseudonymKey[] | undefined;
}

/** How what is known of users is kept. */
export interface UserStateSettings {
  /** A session that is down for longer makes the current state of its users stale. Milliseconds. */
  readonly staleAfterMs: number;
  /** A sign-in after a shorter time out is a flap. Milliseconds. */
  readonly flapMs: number;
  /** Whether another account of the configuration is to watch the user (normalised URI) now. */
  readonly isWatchedElsewhere: (userUri: string) => boolean;
}

export interface BridgeSettings {
  readonly account: AccountIdentity;
  readonly session: SessionSettings;
  readonly records: RecordSettings;
  readonly userState: UserStateSettings;
  /** What `initiateSession` says of the account. */
  readonly initiate: Omit<SessionParameters, 'rid'>;
  /** Whether polls say that a person is active (`UA`), which keeps the session from timing out (transport §7). */
  readonly isUserActive: boolean;
  readonly sealingKeys: readonly SealingKey[];
  /** Name of this process in claims and operations records. */
  readonly replica: string;
}
