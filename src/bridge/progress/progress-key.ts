/** The keys of the progress topic that belong to accounts (records §4). The other ones are claims. */

/** Key of an account's own record. */
export function progressKey(accountId: string): string {
  return `a/${accountId}`;
}

/** What the keys of an account's users begin with. An account's id has no slash in it, a URI may have. */
export function userKeyPrefix(accountId: string): string {
  return `u/${accountId}/`;
}

/** Whose a record is: an account's own, or one about a user whom it watches; null for a claim. */
export function ownerOfKey(key: string): { readonly kind: 'account' | 'user'; readonly accountId: string } | null {
  const [kind = '', accountId = ''] = key.split('/', 2);
  if (kind === 'a') return { kind: 'account', accountId };
  return kind === 'u' ? { kind: 'user', accountId } : null;
}
