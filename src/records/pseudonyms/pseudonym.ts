import { createHmac, type KeyObject } from 'node:crypto';

import { normalizeUri } from '../uri.ts';
import { replaceAddresses } from './addresses.ts';

/** A key under which people have pseudonyms (`privacy.pseudonymKeys`). */
export interface PseudonymKey {
  /** Stands in every pseudonym. */
  readonly id: string;
  /** 32 bytes. As an object it shows itself nowhere, and takes a fifth of the time that bytes take. */
  readonly key: KeyObject;
}

/** So much of the HMAC is shown: two people out of 2^32 share a pseudonym with a chance of one in 2^65. */
const SHOWN_BYTES = 16;

/**
 * What stands in place of an address: `pseudo:<key id>:<22 characters of base64url>`, the first 16 bytes of
 * HMAC-SHA-256 over the UTF-8 of the normalised URI. The same person has the same one in every topic, account and
 * replica while the key stands; who has the key can compute it, who has not can neither compute nor confirm one.
 *
 * @param uri normalised.
 */
export function pseudonymOf(uri: string, key: PseudonymKey): string {
  const recent = recentOf(key);
  let pseudonym = recent.get(uri);
  if (pseudonym === undefined) {
    pseudonym = computePseudonym(uri, key);
    if (recent.size >= RECENT_MAX) recent.clear();
    if (uri.length <= RECENT_LENGTH_MAX) recent.set(uri, pseudonym);
  }
  return pseudonym;
}

/** Records name the same people again and again, and a text may name one a million times: an HMAC takes its time. */
const recentOfKeys = new WeakMap<PseudonymKey, Map<string, string>>();
const RECENT_MAX = 10_000;
const RECENT_LENGTH_MAX = 320;

function recentOf(key: PseudonymKey): Map<string, string> {
  let recent = recentOfKeys.get(key);
  if (recent === undefined) {
    recent = new Map();
    recentOfKeys.set(key, recent);
  }
  return recent;
}

function computePseudonym(uri: string, { id, key }: PseudonymKey): string {
  const digest = createHmac('sha256', key).update(uri, 'utf8').digest();
  return `pseudo:${id}:${digest.subarray(0, SHOWN_BYTES).toString('base64url')}`;
}

/** The pseudonym of whoever a field names in any form; of a text that names nobody what {@link concealText} gives. */
export function concealAddress(text: string, key: PseudonymKey): string {
  const { uri } = normalizeUri(text);
  return uri === null ? concealText(text, key) : pseudonymOf(uri, key);
}

/** A digest as `privacy` writes it in place of a text. */
const DIGEST = /sha256:([0-9a-f]{64})/g;

/** An attribute of XML that names somebody without scheme and without host, by which alone an address is known. */
const BARE_NAME = /(\suri=")([^":@]+)(?="|$)/gi;

/** A text in which every address is replaced by its pseudonym, and every digest by a keyed one. */
export function concealText(text: string, key: PseudonymKey): string {
  let concealed = replaceAddresses(text, (address) => pseudonymOf(normalizeUri(address).uri ?? address, key));
  if (concealed.includes('sha256:')) {
    concealed = concealed.replace(DIGEST, (_all, digest: string) => `hmac-sha256:${concealDigest(digest, key)}`);
  }
  if (!/\suri="/i.test(concealed)) return concealed;
  return concealed.replace(BARE_NAME, (_all, label: string, name: string) => label + concealAddress(name, key));
}

/*
 * An id is the hash of an event, and a digest that of a text: who knows all of it but an address, as records show it,
 * could try addresses until the hash fits. Under a key nobody can. Capital letters keep what is signed here apart from
 * normalised URIs, which have none.
 */

/** The `id` that a record has beside pseudonyms, in the same form: 32 hexadecimal digits. None stays none. */
export function concealId(id: string, { key }: PseudonymKey): string {
  if (id === '') return id;
  return createHmac('sha256', key).update(`ID ${id}`, 'utf8').digest('hex').slice(0, 32);
}

/** The keyed form of a digest, in the same form: 64 hexadecimal digits. Equal texts still have equal ones. */
export function concealDigest(digest: string, { key }: PseudonymKey): string {
  return createHmac('sha256', key).update(`DIGEST ${digest}`, 'utf8').digest('hex');
}
