import type { PlanSettings } from '../bridge/plan.ts';
import type { AccountIdentity } from '../bridge/settings.ts';
import { topicNamesOf } from '../config/configuration.ts';
import { defaultsOf } from '../config/defaults.ts';
import { SCHEMA } from '../config/schema.ts';
import { recordSettingsOf, sessionSettingsOf } from '../daemon/bridge-settings.ts';

/** What `normalize` needs of the settings: the defaults of the configuration, for one account that watches nobody. */
export function normalizeSettings(
  choice: Omit<AccountIdentity, 'users'> & { readonly includeRaw: boolean },
): PlanSettings {
  const { includeRaw, ...account } = choice;
  const { limits, privacy, session, signIn } = SCHEMA;
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
    replica: 'normalize',
  };
}
