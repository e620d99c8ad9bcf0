import type { Findings } from './findings.ts';
import type { Operators } from './operators.ts';
import type { PublishedRecord } from './published-record.ts';

/** Whoever was on the list at the end is subscribed in the session that lives, and nobody else. */
export function checkSubscriptions({ watch }: Operators, findings: Findings): void {
  for (const [accountId, { lists, subscribed }] of watch) {
    const wanted = new Set(lists.at(-1)?.map((uri) => uri.toLowerCase()));
    const found = new Set(subscribed ?? []);
    for (const uri of wanted.difference(found))
      findings.add('subscriptions', () => `${uri} is on the list of ${accountId}, and not subscribed`);
    for (const uri of found.difference(wanted))
      findings.add('subscriptions', () => `${uri} is subscribed for ${accountId}, and not on its list`);
  }
}

/** Who came and who went when a list was taken over. */
export interface ListChange {
  readonly added: Iterable<string>;
  readonly gone: Iterable<string>;
}

/**
 * Follows, through the records of one account, which of its lists is in effect. The records tell the length alone,
 * and a list may be passed over by the next one.
 */
export class ListInEffect {
  readonly #lists: readonly (readonly string[])[];
  #index = -1;
  #isStarting = false;

  constructor(lists: readonly (readonly string[])[]) {
    this.#lists = lists;
  }

  /**
   * @returns null if the record changes nothing; `unknown` if it tells of a list that there was not.
   */
  take({ operation, recordType }: PublishedRecord): ListChange | 'unknown' | null {
    if (recordType === 'sessionStarted') this.#isStarting = true;
    const length = operation?.users ?? null;
    if (length === null) return null;
    // A session begins with everybody; later snapshots are of those who came.
    if (recordType === 'snapshotBegun' && this.#isStarting) {
      this.#isStarting = false;
      return this.#adopt(length, Math.max(0, this.#index));
    }
    return recordType === 'watchChanged' ? this.#adopt(length, this.#index + 1) : null;
  }

  #adopt(length: number, from: number): ListChange | 'unknown' {
    const index = this.#lists.findIndex((list, place) => place >= from && list.length === length);
    if (index === -1) return 'unknown';
    const before = new Set(this.#lists[this.#index]);
    const after = new Set(this.#lists[index]);
    this.#index = index;
    return { added: after.difference(before), gone: before.difference(after) };
  }
}
