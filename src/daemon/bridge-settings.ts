import { createSecretKey } from 'node:crypto';

import type { AccountConfiguration, BridgeConfiguration } from '../config/configuration.ts';
import type { BridgeSettings, RecordSettings, SessionSettings, UserStateSettings } from '../bridge/settings.ts';
import type { SchemaIds } from '../records/encode-value.ts';
import type { SealingKey } from '../bridge/progress/sealing.ts';
import { readSecretKeys } from '../config/secret-key.ts';
import type { PseudonymKey } from '../records/pseudonyms/pseudonym.ts';

/** Without a sealing key, how long a refused sign-in counts over restarts; longer than usual lock-out windows. */
export const REFUSAL_MEMORY_MS = 3_600_000;

/** The slice of the configuration that one account's bridge works with. */
export function bridgeSettingsOf(
  configuration: BridgeConfiguration,
  account: AccountConfiguration,
  world: {
    readonly sealingKeys: readonly SealingKey[];
    readonly replica: string;
    readonly schemaIds: SchemaIds | undefined;
    /** None: people are named. */
    readonly pseudonymKeys: readonly PseudonymKey[];
    readonly isWatchedElsewhere: UserStateSettings['isWatchedElsewhere'];
  },
): BridgeSettings {
  const { installation, session } = configuration;
  const { pseudonymKeys, schemaIds } = world;
  return {
    account: {
      installation,
      site: account.site,
      accountId: account.id,
      accountUri: account.uri,
    },
    session: sessionSettingsOf(configuration),
    records: { ...recordSettingsOf(configuration), schemaIds, pseudonymKeys },
    userState: userStateSettingsOf(configuration, world.isWatchedElsewhere),
    initiate: {
      localeId: session.localeId,
      securityMode: session.securityMode,
      userStateAvailability: session.userStateAvailability,
    },
    isUserActive: account.userActivity,
    ...world,
  };
}

/**
 * The keys under which people have pseudonyms; none where they are named.
 *
 * @throws {@link SecretUnreadableError}
 */
export async function pseudonymKeysOf({ privacy }: BridgeConfiguration): Promise<readonly PseudonymKey[]> {
  if (privacy.subjects === 'plain') return [];
  const keys = await readSecretKeys(privacy.pseudonymKeys);
  return keys.map(({ id, key }) => ({ id, key: createSecretKey(key) }));
}

/** @param isWatchedElsewhere whether another account watches the user. */
export function userStateSettingsOf(
  { presence, signin }: Pick<BridgeConfiguration, 'presence' | 'signin'>,
  isWatchedElsewhere: UserStateSettings['isWatchedElsewhere'],
): UserStateSettings {
  return { staleAfterMs: presence.staleAfterMs, flapMs: signin.flapMs, isWatchedElsewhere };
}

export function sessionSettingsOf({
  session,
  signIn,
}: Pick<BridgeConfiguration, 'session' | 'signIn'>): SessionSettings {
  const { retryMinMs, retryMaxMs, retryLongMs, quarantineRetryMs, ...same } = session;
  return {
    ...same,
    backoff: { minMs: retryMinMs, maxMs: retryMaxMs },
    longWaitMs: retryLongMs,
    quarantineMs: quarantineRetryMs,
    signInRefusalsMax: signIn.refusalsMax,
    secretCheckMs: signIn.secretCheckMs,
    signInRefusalMemoryMs: REFUSAL_MEMORY_MS,
  };
}

/** The part of the configuration that decides what records hold. */
type RecordConfiguration = Pick<BridgeConfiguration, 'limits' | 'records'> & {
  readonly privacy: Pick<BridgeConfiguration['privacy'], 'messageContent' | 'notes'>;
  readonly kafka: Pick<BridgeConfiguration['kafka'], 'recordBytesMax'> & {
    readonly topics: Pick<BridgeConfiguration['kafka']['topics'], 'names'>;
  };
};

export function recordSettingsOf({ kafka, limits, privacy, records }: RecordConfiguration): RecordSettings {
  return {
    topics: kafka.topics.names,
    recordBytesMax: kafka.recordBytesMax,
    rawXmlBytesMax: limits.rawXmlBytesMax,
    deadLetterBytesMax: limits.deadLetterBytesMax,
    includeRaw: records.rawXml,
    privacyNotes: privacy.notes,
    privacyMessages: privacy.messageContent,
  };
}
