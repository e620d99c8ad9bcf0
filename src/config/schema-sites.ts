import { clientCertificate } from './schema-tls.ts';
import { POOL, WATCH, WATCHED } from './schema-watch.ts';
import type { Section } from './setting.ts';

/** How a TLS connection is made: the same keys for a site. Old servers need what new defaults forbid. */
const SITE_TLS = {
  minVersion: {
    doc: 'Oldest TLS version that is accepted. Servers of 2008 speak TLSv1 only; that also needs `ciphers: DEFAULT@SECLEVEL=0`. See [old TLS](tls.md).',
    format: 'choice',
    choices: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    default: 'TLSv1.2',
  },
  ciphers: {
    doc: 'OpenSSL cipher list; not set: that of Node.js. `DEFAULT@SECLEVEL=0` also takes TLS before 1.2, SHA-1 and RSA below 2048 bits.',
    format: 'text',
    default: null,
    nullable: true,
  },
  legacyRenegotiation: {
    doc: 'Whether to speak to servers without secure renegotiation (RFC 5746), such as Windows before MS10-049.',
    format: 'flag',
    default: false,
  },
  caFile: {
    doc: 'PEM file with the certificate authorities to trust instead of those of Node.js, one or several. Like the other files here it is looked at for each connection: a new one needs no restart.',
    format: 'path',
    default: null,
    nullable: true,
  },
  ...clientCertificate,
  serverName: {
    doc: 'Name to ask for and to expect in the certificate; not set: the host of `baseUrl`.',
    format: 'text',
    default: null,
    nullable: true,
  },
  rejectUnauthorized: {
    doc: 'False accepts any certificate: for trials only, because passwords travel over this connection.',
    format: 'flag',
    default: true,
  },
} as const satisfies Section;

/** Sign-in integrated with Windows. */
const SITE_IWA = {
  mechanism: {
    doc: 'With `signIn: iwa`: `ntlm`, `kerberos`, or `auto`: Kerberos if the package `kerberos` is installed and there is a ticket, else NTLM if the account has a password.',
    format: 'choice',
    choices: ['auto', 'ntlm', 'kerberos'],
    default: 'auto',
  },
  spn: {
    doc: 'Service principal name of the site, such as `HTTP/im.example.com`; not set: `HTTP/` and the host of `baseUrl`.',
    format: 'text',
    default: null,
    nullable: true,
  },
} as const satisfies Section;

/** One CWA server or farm. */
const SITE = {
  name: { doc: 'Name of the site in records, metrics and logs.', format: 'identifier', default: null, required: true },
  baseUrl: {
    doc: 'Address below which `/forms/logon.html` or `/iwa/logon.html`, and `/cwa/…` are found.',
    format: 'url',
    default: null,
    required: true,
  },
  signIn: {
    doc: 'How accounts sign in: `forms` posts user and password, `iwa` is integrated with Windows, by NTLM or Kerberos. See [sign-in](sign-in.md).',
    format: 'choice',
    choices: ['forms', 'iwa'],
    default: 'forms',
  },
  iwa: SITE_IWA,
  tls: SITE_TLS,
} as const satisfies Section;

/** One service account and the users it watches. */
const ACCOUNT = {
  id: {
    doc: 'Name of the account in records, progress, metrics and logs. Never change it: progress is kept under it.',
    format: 'identifier',
    default: null,
    required: true,
  },
  site: {
    doc: 'Name of the site it signs in to, one of `sites[].name`.',
    format: 'identifier',
    default: null,
    required: true,
  },
  user: {
    doc: 'Sign-in name: `DOMAIN\\user` or `user@domain`; for Kerberos `user@REALM`.',
    format: 'text',
    default: null,
    required: true,
  },
  password: {
    doc: 'Password in clear. Prefer `passwordFile`. Exactly one of the two; neither for Kerberos.',
    format: 'text',
    default: null,
    nullable: true,
    sensitive: true,
  },
  passwordFile: {
    doc: 'File with the password, read again at each sign-in; one line break at its end is not part of it.',
    format: 'path',
    default: null,
    nullable: true,
  },
  uri: {
    doc: 'SIP URI of the account, such as `sip:svc-presence@example.com`.',
    format: 'text',
    default: null,
    required: true,
  },
  userActivity: {
    doc: 'Whether polls say that a person is active (`UA=true`), which keeps the session from timing out.',
    format: 'flag',
    default: true,
  },
  watch: WATCHED,
} as const satisfies Section;

export const SITES_AND_ACCOUNTS = {
  sites: { doc: 'The CWA servers.', format: 'list', children: SITE, default: [], required: true },
  accounts: { doc: 'The service accounts.', format: 'list', children: ACCOUNT, default: [], required: true },
  pools: {
    doc: 'Accounts that share a watch list which is too long for one of them.',
    format: 'list',
    children: POOL,
    default: [],
  },
  watch: WATCH,
  signIn: {
    attemptsPerMinute: {
      doc: 'Sign-ins a minute that all accounts of a site share, so that a restart is no storm.',
      format: 'count',
      default: 30,
      min: 1,
      max: 6_000,
    },
    secretCheckMs: {
      doc: 'How often a stopped account looks at its secret. One that is another one, twice in a row, is tried once.',
      format: 'milliseconds',
      default: 15_000,
      min: 100,
      max: 60_000,
    },
    refusalsMax: {
      doc: 'Refused sign-ins after which an account stops until its password changes or an operator lifts it. Keep it below the lock-out threshold of the domain.',
      format: 'count',
      default: 2,
      min: 1,
      max: 10,
    },
  },
} as const satisfies Section;
