import type { DraftSettings, Settings } from './schema.ts';
import { Secret } from './secret.ts';
import type { WatchLists, WatchSources } from './watch-lists.ts';

/** The validated configuration: frozen, complete, and with nothing in it that shows a secret. */
export interface BridgeConfiguration extends Omit<Settings, 'accounts' | 'kafka' | 'privacy' | 'sealing' | 'sites'> {
  readonly sites: readonly SiteConfiguration[];
  readonly accounts: readonly AccountConfiguration[];
  readonly kafka: KafkaConfiguration;
  readonly privacy: PrivacyConfiguration;
  readonly sealing: { readonly keys: readonly KeyConfiguration[] };
}

export interface SiteConfiguration extends Omit<Settings['sites'][number], 'tls'> {
  readonly tls: TlsConfiguration<Settings['sites'][number]['tls']>;
}

/** TLS settings with the passphrase of the client's key as a secret; null: the key is not encrypted. */
type TlsConfiguration<Tls> = Omit<Tls, 'keyPassphrase' | 'keyPassphraseFile'> & {
  readonly keyPassphrase: Secret | null;
};

export interface AccountConfiguration {
  readonly id: string;
  /** Name of one of the sites. */
  readonly site: string;
  readonly user: string;
  /** Null: there is none, and Kerberos has a key elsewhere. */
  readonly password: Secret | null;
  /** Normalised. */
  readonly uri: string;
  /** What `UA` the polls carry. */
  readonly userActivity: boolean;
  readonly watch: {
    /**
     * As they were at the start, normalised, each once: those of the list, then of the file, then what the account has
     * of its pool. With files it is only where the {@link watchSourcesOf} begin.
     */
    readonly users: readonly string[];
    /** Those of the list, as written. */
    readonly listed: readonly string[];
    readonly file: string | null;
  };
}

interface KafkaConfiguration extends Omit<Settings['kafka'], 'sasl' | 'schemaRegistry' | 'ssl' | 'topics'> {
  readonly ssl: TlsConfiguration<Settings['kafka']['ssl']>;
  /** Null: no SASL. */
  readonly sasl: SaslConfiguration | null;
  /** Null: there is none. Never with the format `avro`. */
  readonly schemaRegistry: SchemaRegistryConfiguration | null;
  readonly topics: TopicsConfiguration;
}

interface SaslConfiguration {
  readonly mechanism: Exclude<Settings['kafka']['sasl']['mechanism'], 'none'>;
  readonly username: string;
  readonly password: Secret;
}

interface SchemaRegistryConfiguration {
  /** Without a slash at its end. */
  readonly url: string;
  /** Null, like the password: none is sent. */
  readonly username: string | null;
  readonly password: Secret | null;
  readonly caFile: string | null;
  readonly timeoutMs: number;
  readonly autoRegister: boolean;
}

/** The topics by what they hold. */
export type TopicKind = keyof Settings['kafka']['topics']['names'];

interface TopicsConfiguration {
  /** The whole names, prefix included. */
  readonly names: Readonly<Record<TopicKind, string>>;
  readonly partitions: number;
  /** Null: as many as the brokers allow, at most 3. */
  readonly replicationFactor: number | null;
  readonly retentionMs: number;
}

interface PrivacyConfiguration extends Omit<Settings['privacy'], 'pseudonymKeys'> {
  /** With `subjects: pseudonym` there is at least one. */
  readonly pseudonymKeys: readonly KeyConfiguration[];
}

export interface KeyConfiguration {
  readonly id: string;
  /** 32 bytes as base64. */
  readonly key: Secret;
}

/** Makes the configuration of settings in which no check has found a problem. */
export function configurationOf(settings: Settings, watchLists: WatchLists): BridgeConfiguration {
  const { sites, accounts, kafka, privacy, sealing } = settings;
  return deepFreeze({
    ...settings,
    sites: sites.map((site) => ({ ...site, baseUrl: site.baseUrl.replace(/\/+$/, ''), tls: tlsOf(site.tls) })),
    accounts: accounts.map((account, index) => ({
      id: account.id,
      site: account.site,
      user: account.user,
      password: passwordOf(account),
      uri: watchLists[index]?.accountUri ?? account.uri,
      userActivity: account.userActivity,
      watch: { users: watchLists[index]?.users ?? [], listed: account.watch.users, file: account.watch.file },
    })),
    kafka: {
      ...kafka,
      ssl: tlsOf(kafka.ssl),
      sasl: saslOf(kafka.sasl),
      schemaRegistry: schemaRegistryOf(kafka.schemaRegistry),
      topics: { ...kafka.topics, names: topicNamesOf(kafka.topics) },
    },
    privacy: { ...privacy, pseudonymKeys: keysOf(privacy.pseudonymKeys) },
    sealing: { keys: keysOf(sealing.keys) },
  });
}

/** What the watch lists are made of, to make them anew when a file has changed. */
export function watchSourcesOf({ accounts, pools, watch }: BridgeConfiguration): WatchSources {
  return {
    accounts: accounts.map(({ id, uri, watch: { file, listed } }) => ({ id, uri, watch: { file, users: listed } })),
    pools,
    watch,
  };
}

/** What follows the prefix in the names of topics that are not called after their kind. */
const SUFFIXES: Readonly<Record<string, string>> = { current: 'presence.current' };

/** The whole name of each topic. */
export function topicNamesOf(topics: DraftSettings['kafka']['topics']): Readonly<Record<TopicKind, string>> {
  const { names, prefix } = topics;
  return Object.fromEntries(
    Object.entries(names).map(([kind, name]) => [kind, name ?? prefix + (SUFFIXES[kind] ?? kind)]),
  ) as Readonly<Record<TopicKind, string>>;
}

function tlsOf<Tls extends Settings['kafka']['ssl'] | Settings['sites'][number]['tls']>({
  keyPassphrase,
  keyPassphraseFile,
  ...same
}: Tls): TlsConfiguration<Tls> {
  const isEncrypted = keyPassphrase !== null || keyPassphraseFile !== null;
  return { ...same, keyPassphrase: isEncrypted ? secretOf(keyPassphrase, keyPassphraseFile) : null };
}

function passwordOf({ password, passwordFile }: Settings['accounts'][number]): Secret | null {
  return password === null && passwordFile === null ? null : secretOf(password, passwordFile);
}

function saslOf(sasl: Settings['kafka']['sasl']): SaslConfiguration | null {
  if (sasl.mechanism === 'none') return null;
  const password = secretOf(sasl.password, sasl.passwordFile);
  return { mechanism: sasl.mechanism, username: sasl.username ?? '', password };
}

function schemaRegistryOf(settings: Settings['kafka']['schemaRegistry']): SchemaRegistryConfiguration | null {
  const { passwordFile, url, username, ...same } = settings;
  if (url === null) return null;
  const password = username === null ? null : secretOf(settings.password, passwordFile);
  return { ...same, url: url.replace(/\/+$/, ''), username, password };
}

function keysOf(keys: Settings['sealing']['keys']): readonly KeyConfiguration[] {
  return keys.map(({ id, key, keyFile }) => ({ id, key: secretOf(key, keyFile) }));
}

function secretOf(text: string | null, file: string | null): Secret {
  return file === null ? Secret.ofText(text ?? '') : Secret.ofFile(file);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
