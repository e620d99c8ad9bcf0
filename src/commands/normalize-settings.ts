import type { PlanSettings } from '../bridge/plans/plan.ts';
import type { AccountIdentity } from '../bridge/settings.ts';
import type { AccountConfiguration, BridgeConfiguration } from '../config/configuration.ts';
import { topicNamesOf } from '../config/configuration.ts';
import { defaultsOf } from '../config/defaults.ts';
import { SCHEMA } from '../config/schema.ts';
import {
  bridgeSettingsOf,
  recordSettingsOf,
  sessionSettingsOf,
  userStateSettingsOf,
} from '../daemon/bridge-settings.ts';
import type { PseudonymKey } from '../records/pseudonyms/pseudonym.ts';
import { UsageError } from './command.ts';

/** Stands where the daemon has the name of its process. */
const REPLICA = 'normalize';

/** What `normalize` needs of the settings: the defaults of the configuration, for one account that watches nobody. */
export function normalizeSettings(choice: AccountIdentity & { readonly includeRaw: boolean }): PlanSettings {
  const { includeRaw, ...account } = choice;
  const { limits, presence, privacy, session, signIn, signin } = SCHEMA;
  const { recordBytesMax, topics } = SCHEMA.kafka;
  return {
    account: { ...account, users: [] },
    session: sessionSettingsOf({ session: defaultsOf(session), signIn: defaultsOf(signIn) }),
    records: recordSettingsOf({
      kafka: { recordBytesMax: recordBytesMax.default, topics: { names: topicNamesOf(defaultsOf(topics)) } },
      limits: defaultsOf(limits),
      privacy: defaultsOf(privacy),
      records: { rawXml: includeRaw },
    }),
    userState: userStateSettingsOf({ presence: defaultsOf(presence), signin: defaultsOf(signin) }, () => false),
    replica: REPLICA,
  };
}

/**
 * The settings with which `run` would lead one account of a configuration.
 *
 * @param accountId undefined for the only one.
 * @param pseudonymKeys those of the configuration, read.
 * @throws {@link UsageError} if there is no such account, or more than one to choose from.
 */
export function configuredSettings(
  configuration: BridgeConfiguration,
  accountId: string | undefined,
  pseudonymKeys: readonly PseudonymKey[],
): PlanSettings {
  const account = accountOf(configuration, accountId);
  const isWatchedElsewhere = (): boolean => false;
  const world = { sealingKeys: [], replica: REPLICA, schemaIds: undefined, pseudonymKeys, isWatchedElsewhere };
  const settings = bridgeSettingsOf(configuration, account, world);
  return { ...settings, account: { ...settings.account, users: account.watch.users } };
}

function accountOf({ accounts }: BridgeConfiguration, accountId: string | undefined): AccountConfiguration {
  const fitting = accountId === undefined ? accounts : accounts.filter(({ id }) => id === accountId);
  const [account] = fitting;
  if (account !== undefined && fitting.length === 1) return account;
  const wanted = accountId === undefined ? 'choose one' : `"${accountId}" is none of them`;
  throw new UsageError(`--account-id: the accounts are ${accounts.map(({ id }) => id).join(', ')}; ${wanted}`);
}
