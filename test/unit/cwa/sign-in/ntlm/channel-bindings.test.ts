import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { bindingsHash, channelBindingsOf } from '../../../../../src/cwa/sign-in/ntlm/channel-bindings.ts';
import { bytes } from './published-example.ts';

/** The first is from Microsoft's article on the channel binding hash (Open Specifications blog, 2013). */
test.each([
  ['ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95', '6586e99d81c2fc984e47172fd4dd0310'],
  ['e3ca49271e5089cc48ce82109f1324f41dbeddc29a777410c738f7868c4ff405', '6ea19df066da4622051f9c4f92c6df74'],
])('the digest %s has the hash that other implementations compute', (digest, hash) => {
  expect(bindingsHash(bytes(digest)).toString('hex')).toBe(hash);
});

test('a certificate that is signed with SHA-256 is hashed with it', () => {
  const pem = readFileSync(new URL('../../../../fixtures/cwa/tls/test-only.cert.pem', import.meta.url));
  const certificate = new X509Certificate(pem);
  expect(certificate.signatureAlgorithm).toMatch(/sha256/i);
  const digest = createHash('sha256').update(certificate.raw).digest();
  expect(channelBindingsOf(certificate.raw)).toEqual(bindingsHash(digest));
});
