import { createSecureContext } from 'node:tls';

import { topicNamesOf } from './configuration.ts';
import { poolProblems } from './pool-checks.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';
import { isSecretKey } from './secret-key.ts';
import { integratedProblems, needsPassword } from './sign-in-checks.ts';
import { statusClassProblems } from './status-class-checks.ts';
import { suggest } from './suggestion.ts';

/** What no single setting can tell: names that must exist or differ, pairs that belong together, ranges. */
export function crossCheck(settings: DraftSettings): readonly Problem[] {
  return [
    ...repeatedNames(settings),
    ...settings.sites.flatMap(siteProblems),
    ...settings.accounts.flatMap((account, index) => accountProblems(account, index, settings)),
    ...poolProblems(settings),
    ...keyProblems('sealing.keys', settings.sealing.keys),
    ...pseudonymProblems(settings.privacy),
    ...saslProblems(settings.kafka.sasl),
    ...registryProblems(settings.kafka),
    ...clientCertificateProblems('kafka.ssl', settings.kafka.ssl),
    ...rangeProblems(settings),
    ...statusClassProblems(settings),
  ];
}

function repeatedNames(settings: DraftSettings): readonly Problem[] {
  const topics = Object.entries(topicNamesOf(settings.kafka.topics));
  return [
    ...repeats(settings.sites.map(({ name }, index) => [`sites[${index}].name`, name])),
    ...repeats(settings.accounts.map(({ id }, index) => [`accounts[${index}].id`, id])),
    ...repeats(settings.pools.map(({ name }, index) => [`pools[${index}].name`, name])),
    ...repeats(settings.sealing.keys.map(({ id }, index) => [`sealing.keys[${index}].id`, id])),
    ...repeats(settings.privacy.pseudonymKeys.map(({ id }, index) => [`privacy.pseudonymKeys[${index}].id`, id])),
    ...repeats(topics.map(([kind, name]) => [`kafka.topics.names.${kind}`, name])),
  ];
}

function repeats(names: readonly (readonly [path: string, name: string | null])[]): readonly Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [path, name] of names) {
    if (name === null) continue;
    const other = first.get(name);
    if (other === undefined) first.set(name, path);
    else problems.push(problem(path, `is the same as ${other}`, 'a name that no other has', name));
  }
  return problems;
}

function siteProblems(site: DraftSettings['sites'][number], index: number): readonly Problem[] {
  const path = `sites[${index}]`;
  return [
    ...clientCertificateProblems(`${path}.tls`, site.tls),
    ...cipherProblems(`${path}.tls.ciphers`, site.tls.ciphers),
  ];
}

function accountProblems(
  account: DraftSettings['accounts'][number],
  index: number,
  { sites }: DraftSettings,
): readonly Problem[] {
  const path = `accounts[${index}]`;
  const site = sites.find(({ name }) => name !== null && name === account.site);
  const hasNone = account.password === null && account.passwordFile === null;
  const problems = [
    ...(hasNone && !needsPassword(site) ? [] : exactlyOne(path, 'password', account.password, account.passwordFile)),
    ...integratedProblems(path, account, site),
  ];
  const names = sites.flatMap(({ name }) => (name === null ? [] : [name]));
  if (account.site !== null && names.length > 0 && !names.includes(account.site)) {
    const meant = suggest(account.site, names);
    const remedy = meant === null ? `one of: ${names.join(', ')}` : `"${meant}", if that was meant`;
    problems.push(problem(`${path}.site`, 'names no site', remedy, account.site));
  }
  return problems;
}

function keyProblems(list: string, keys: DraftSettings['sealing']['keys']): readonly Problem[] {
  return keys.flatMap(({ key, keyFile }, index) => {
    const path = `${list}[${index}]`;
    const problems = [...exactlyOne(path, 'key', key, keyFile)];
    if (key !== null && !isSecretKey(key)) {
      const message = 'is not 32 bytes as base64';
      problems.push(problem(`${path}.key`, message, 'the output of: openssl rand -base64 32', null));
    }
    return problems;
  });
}

function pseudonymProblems({ pseudonymKeys, subjects }: DraftSettings['privacy']): readonly Problem[] {
  const problems = [...keyProblems('privacy.pseudonymKeys', pseudonymKeys)];
  if (subjects === 'pseudonym' && pseudonymKeys.length === 0) {
    const message = 'is required with privacy.subjects pseudonym';
    problems.push(problem('privacy.pseudonymKeys', message, 'a key with id and keyFile', null));
  }
  return problems;
}

function saslProblems(sasl: DraftSettings['kafka']['sasl']): readonly Problem[] {
  if (sasl.mechanism === 'none') return [];
  const problems = [...exactlyOne('kafka.sasl', 'password', sasl.password, sasl.passwordFile)];
  if (sasl.username === null) {
    const message = `is required with mechanism ${sasl.mechanism}`;
    problems.push(problem('kafka.sasl.username', message, 'the name that the brokers know', null));
  }
  return problems;
}

function registryProblems({ format, schemaRegistry }: DraftSettings['kafka']): readonly Problem[] {
  const { password, passwordFile, url, username } = schemaRegistry;
  const problems: Problem[] = [];
  if (format === 'avro' && url === null) {
    const remedy = 'the address of the registry, or kafka.format: json';
    problems.push(problem('kafka.schemaRegistry.url', 'is required with kafka.format avro', remedy, null));
  }
  if (username !== null) problems.push(...exactlyOne('kafka.schemaRegistry', 'password', password, passwordFile));
  if (username === null && (password !== null || passwordFile !== null)) {
    const remedy = 'the name that the registry knows';
    problems.push(problem('kafka.schemaRegistry.username', 'is missing beside a password', remedy, null));
  }
  return problems;
}

/** A certificate and its key come together, a passphrase with a key only and from one place. */
function clientCertificateProblems(
  path: string,
  tls: DraftSettings['kafka']['ssl'] | DraftSettings['sites'][number]['tls'],
): readonly Problem[] {
  const { certFile, keyFile, keyPassphrase, keyPassphraseFile } = tls;
  const problems: Problem[] = [];
  if ((certFile === null) !== (keyFile === null)) {
    const [missing, given] = certFile === null ? ['certFile', 'keyFile'] : ['keyFile', 'certFile'];
    problems.push(problem(`${path}.${missing}`, `is missing beside ${given}`, 'both, or neither', null));
  }
  if (keyPassphrase === null && keyPassphraseFile === null) return problems;
  if (keyFile === null) {
    problems.push(problem(`${path}.keyFile`, 'is missing beside its passphrase', 'both, or neither', null));
  }
  return [...problems, ...exactlyOne(path, 'keyPassphrase', keyPassphrase, keyPassphraseFile)];
}

/** OpenSSL leaves out ciphers that it does not have; a list of which nothing is left fails at every connection. */
function cipherProblems(path: string, ciphers: string | null): readonly Problem[] {
  if (ciphers === null) return [];
  try {
    createSecureContext({ ciphers });
    return [];
  } catch {
    const remedy = 'an OpenSSL cipher list with something of AES in it, such as "DEFAULT@SECLEVEL=0"; see docs/tls.md';
    const message = 'names no cipher that OpenSSL 3 still has, and RC4, 3DES and DES are not among them';
    return [problem(path, message, remedy, ciphers)];
  }
}

/** A secret is given as text or as a file. */
function exactlyOne(path: string, key: string, text: string | null, file: string | null): readonly Problem[] {
  if ((text === null) !== (file === null)) return [];
  const message = text === null ? `is required, or ${key}File` : `stands beside ${key}File`;
  return [problem(`${path}.${key}`, message, `exactly one of ${key} and ${key}File; ${key}File is safer`, null)];
}

function rangeProblems({ session, kafka }: DraftSettings): readonly Problem[] {
  return [
    ...notAbove('session.pollWaitMinMs', session.pollWaitMinMs, 'session.pollWaitMaxMs', session.pollWaitMaxMs),
    ...notAbove('session.retryMinMs', session.retryMinMs, 'session.retryMaxMs', session.retryMaxMs),
    ...notAbove('kafka.recordBytesMax', kafka.recordBytesMax, 'kafka.batchBytesMax', kafka.batchBytesMax),
    ...notAbove('kafka.batchBytesMax', kafka.batchBytesMax, 'kafka.groupBytesMax', kafka.groupBytesMax),
    ...notAbove(
      'kafka.requestTimeoutMs',
      kafka.requestTimeoutMs,
      'kafka.transactionTimeoutMs',
      kafka.transactionTimeoutMs,
    ),
  ];
}

function notAbove(path: string, value: number, limitPath: string, limit: number): readonly Problem[] {
  return value <= limit
    ? []
    : [problem(path, `is above ${limitPath}`, `at most ${limit}, or raise ${limitPath}`, value)];
}

function problem(path: string, message: string, remedy: string, value: string | number | null): Problem {
  return { path, message, remedy, value: value === null ? null : shown(value), source: null };
}
