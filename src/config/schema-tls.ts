import type { Section } from './setting.ts';

/** What a client shows of itself in a TLS handshake, towards a site or a broker. */
export const clientCertificate = {
  certFile: {
    doc: 'PEM file with the client certificate, followed by intermediate ones.',
    format: 'path',
    default: null,
    nullable: true,
  },
  keyFile: { doc: 'PEM file with the key of the client certificate.', format: 'path', default: null, nullable: true },
  keyPassphrase: {
    doc: 'What the key is encrypted with. Prefer `keyPassphraseFile`. At most one of the two.',
    format: 'text',
    default: null,
    nullable: true,
    sensitive: true,
  },
  keyPassphraseFile: {
    doc: 'File with what the key is encrypted with; one line break at its end is not part of it.',
    format: 'path',
    default: null,
    nullable: true,
  },
} as const satisfies Section;
