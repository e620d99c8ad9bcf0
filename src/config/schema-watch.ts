import type { Section } from './setting.ts';

/** Whom an account or a pool watches. */
export const WATCHED = {
  users: { doc: 'SIP URIs of the users to watch.', format: 'texts', default: [] },
  file: {
    doc: 'File with further SIP URIs, one a line; empty lines and what follows a `#` do not count. Read again while running, see [watch lists](watch-lists.md). A file for nobody holds the line `!nobody`; an empty one is refused.',
    format: 'path',
    default: null,
    nullable: true,
  },
} as const satisfies Section;

/** Accounts that share one list. */
export const POOL = {
  name: { doc: 'Name of the pool in messages and logs.', format: 'identifier', default: null, required: true },
  accounts: {
    doc: 'Ids of the accounts among which the users are spread, all of one site, none of them in another pool. Each may have a list of its own besides. A further account takes its share of the users from the others, and nobody else moves unless accounts are full.',
    format: 'texts',
    default: [],
    required: true,
  },
  watch: WATCHED,
} as const satisfies Section;

/**
 * Rules over all watch lists. The upper bound of `usersPerAccountMax` keeps the progress record of an account, which
 * names everybody who is awaited, below 64 KiB.
 */
export const WATCH = {
  overlap: {
    doc: 'What a user under two accounts means: `refuse` makes the configuration invalid, `allow` publishes both views.',
    format: 'choice',
    choices: ['refuse', 'allow'],
    default: 'refuse',
  },
  usersPerAccountMax: {
    doc: 'Users that one account may watch. Servers limit subscriptions: 200 users by their default policy, 600 by that for services. Longer lists need a pool.',
    format: 'count',
    default: 200,
    min: 1,
    max: 1_000,
  },
  reloadMs: {
    doc: 'How often watch files are read again. SIGHUP has them read at once.',
    format: 'milliseconds',
    default: 30_000,
    min: 1_000,
    max: 3_600_000,
  },
} as const satisfies Section;
