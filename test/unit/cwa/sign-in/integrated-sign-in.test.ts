import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { inspect } from 'node:util';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { CwaClient } from '../../../../src/cwa/client.ts';
import { DEFAULT_TLS } from '../../../../src/cwa/http/connector.ts';
import { Credentials } from '../../../../src/cwa/credentials.ts';
import { SignInRefusedError, TransientError, SignInUnavailableError } from '../../../../src/cwa/errors.ts';
import type { HttpAnswer } from '../../../../src/cwa/http/http-answer.ts';
import type { IntegratedSettings } from '../../../../src/cwa/sign-in/integrated-authentication.ts';
import { exchangeIntegrated } from '../../../../src/cwa/sign-in/integrated-sign-in.ts';
import { channelBindingsOf } from '../../../../src/cwa/sign-in/ntlm/channel-bindings.ts';
import { readTargetInfo } from '../../../../src/cwa/sign-in/ntlm/target-info.ts';
import { present } from '../../../../src/lib/assert.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { failureOf, logonReply, NEVER, PASSWORD, useHarness } from '../client-harness.ts';
import { CHALLENGE_MESSAGE } from './ntlm/published-example.ts';
import { reply } from '../scripted-server.ts';
import type { ScriptedReply, ScriptedServer } from '../scripted-server.ts';

const harness = useHarness();
const CHALLENGE = CHALLENGE_MESSAGE.toString('base64');

const SETTINGS: IntegratedSettings = {
  mechanism: 'ntlm',
  spn: 'HTTP/im.fabrikam.example',
  workstation: 'BRIDGE',
  loadKerberos: () => Promise.resolve(null),
  randomBytes: (count) => Buffer.alloc(count, 0xaa),
};

function unauthorized(...challenges: readonly string[]): ScriptedReply {
  return reply({ status: 401, headers: challenges.map((challenge) => `WWW-Authenticate: ${challenge}`) });
}

const OFFER = unauthorized('Negotiate', 'NTLM');
const TYPE_2 = unauthorized(`NTLM ${CHALLENGE}`);

/** A client that signs in by NTLM, and the server that it meets. */
function ntlm(settings: Partial<IntegratedSettings> = {}): { server: ScriptedServer; client: CwaClient } {
  const { clientWith, server } = harness();
  const integrated = { ...SETTINGS, ...settings };
  return { server, client: clientWith({ integrated, uri: 'sip:svc@fabrikam.example' }) };
}

/** What each request authenticates with: nothing, or the scheme and the number of the NTLM message. */
function steps(server: ScriptedServer): readonly string[] {
  return server.requests.map(({ headers }) => {
    const [scheme = '', token = ''] = headers.get('authorization')?.split(' ') ?? [];
    return token === '' ? 'anonymous' : `${scheme} ${String(Buffer.from(token, 'base64').readUInt32LE(8))}`;
  });
}

describe('NTLM', () => {
  test('takes three requests on one connection, and the ticket of the last answer', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, TYPE_2, logonReply());
    expect(await client.signIn(NEVER)).toMatchObject({ uri: 'sip:svc@fabrikam.example' });
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'NTLM 3']);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual(
      Array.from({ length: 3 }, () => 'POST /iwa/logon.html'),
    );
    expect(client.credentials().reveal().ticket).toBe('canary-ticket');
  });

  test('posts neither user nor password in the body', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, TYPE_2, logonReply());
    await client.signIn(NEVER);
    for (const { body } of server.requests) {
      expect(body).toContain('<logon><uri>sip:svc@fabrikam.example</uri></logon>');
    }
  });

  test('goes inside Negotiate where the server calls it so', async () => {
    const { client, server } = ntlm();
    server.will(unauthorized('Negotiate'), unauthorized(`Negotiate ${CHALLENGE}`), logonReply());
    await client.signIn(NEVER);
    expect(steps(server)).toEqual(['anonymous', 'Negotiate 1', 'Negotiate 3']);
  });

  test.each([
    ['on one line', ['Negotiate, NTLM']],
    ['in another case', ['ntlm']],
    ['behind others', ['Basic realm="a, b", charset="UTF-8"', 'NTLM']],
  ])('is found in an offer %s', async (_how, offer) => {
    const { client, server } = ntlm();
    server.will(unauthorized(...offer), TYPE_2, logonReply());
    await client.signIn(NEVER);
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'NTLM 3']);
  });

  test('is not begun where the server asks for nothing', async () => {
    const { client, server } = ntlm();
    server.will(logonReply());
    await client.signIn(NEVER);
    expect(steps(server)).toEqual(['anonymous']);
  });
});

describe('over TLS', () => {
  const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/cwa/tls/${name}`, import.meta.url));

  test('the answer is bound to the certificate of the server, and names the service', async () => {
    const cert = fixture('test-only.cert.pem');
    const answers = [OFFER, TYPE_2, logonReply()].values();
    let received = '';
    const secure = createSecureServer({ cert, key: fixture('test-only.key.pem') }, (socket) =>
      socket.on('data', (chunk: Buffer) => {
        received = chunk.toString('latin1');
        socket.write(present(answers.next().value, 'another answer').raw);
      }),
    );
    onTestFinished(() => void secure.close());
    const port = await new Promise<number>((resolve) =>
      secure.listen(0, '127.0.0.1', () => {
        resolve((secure.address() as AddressInfo).port);
      }),
    );
    const { clientWith } = harness();
    const tls = { ...DEFAULT_TLS, options: () => ({ ca: cert }) };
    await clientWith({ baseUrl: `https://127.0.0.1:${String(port)}`, tls, integrated: SETTINGS }).signIn(NEVER);

    const message = Buffer.from(/^authorization: NTLM (\S+)/im.exec(received)?.[1] ?? '', 'base64');
    const start = message.readUInt32LE(24);
    const response = message.subarray(start, start + message.readUInt16LE(20));
    const pairs = new Map(readTargetInfo(response.subarray(44)).map(({ id, value }) => [id, value]));
    expect(pairs.get(10)).toEqual(channelBindingsOf(new X509Certificate(cert).raw));
    expect(pairs.get(9)?.toString('utf16le')).toBe('HTTP/im.fabrikam.example');
  });
});

describe('a refusal', () => {
  test.each([
    ['a 401 that offers the same again', OFFER],
    ['a 401 with another challenge', TYPE_2],
    ['a 401 with nothing', unauthorized()],
    ['a 401 beside a ticket', reply({ status: 401, headers: ['CWA-Ticket: canary-ticket', 'WWW-Authenticate: NTLM'] })],
  ])('is %s after the third message, which is sent once', async (_what, answer) => {
    const { client, server } = ntlm();
    server.will(OFFER, TYPE_2, answer);
    const error = await failureOf(client.signIn(NEVER));
    expect(error).toBeInstanceOf(SignInRefusedError);
    expect(error.message).toMatch(
      /refused the sign-in by NTLM \(POST \/iwa\/logon.html was answered with status 401\);/,
    );
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'NTLM 3']);
    expect(client.credentials().reveal().ticket).toBeNull();
  });

  test('is an answer without ticket; one on the way there does not count', async () => {
    const { client, server } = ntlm();
    const early = reply({ status: 401, headers: [`WWW-Authenticate: NTLM ${CHALLENGE}`, 'CWA-Ticket: early'] });
    server.will(OFFER, early, reply({}));
    expect(await failureOf(client.signIn(NEVER))).toBeInstanceOf(SignInRefusedError);
    expect(server.last.headers.has('cwa-ticket')).toBe(false);
  });

  test('shows neither password nor what was sent', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, TYPE_2, OFFER);
    const error = await failureOf(client.signIn(NEVER));
    const shown = inspect(error, { depth: 10, showHidden: true });
    const sent = server.last.headers.get('authorization') ?? '';
    for (const secret of [PASSWORD, CHALLENGE, sent.split(' ')[1] ?? 'nothing was sent']) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe('a set-up that cannot work', () => {
  test.each([
    ['offers nothing', unauthorized(), 'offers nothing to sign in with, not NTLM'],
    [
      'offers something else',
      unauthorized('Basic realm="x"', 'Digest qop="a"'),
      'offers Basic, Digest to sign in with',
    ],
  ])('is a server that %s: no password is sent', async (_what, answer, message) => {
    const { client, server } = ntlm();
    server.will(answer);
    const error = await failureOf(client.signIn(NEVER));
    expect(error).toBeInstanceOf(SignInUnavailableError);
    expect(error.message).toContain(message);
    expect(steps(server)).toEqual(['anonymous']);
  });

  test.each([
    ['is missing', OFFER, 'there is none in the answer to the first message'],
    ['is no Base64', unauthorized('NTLM ****'), 'it has 0 bytes'],
    ['is cut', unauthorized(`NTLM ${CHALLENGE.slice(0, 100)}`), 'target information is beyond its end'],
  ])('is a server whose challenge %s: no password is sent', async (_what, answer, message) => {
    const { client, server } = ntlm();
    server.will(OFFER, answer);
    const error = await failureOf(client.signIn(NEVER));
    expect(error).toBeInstanceOf(SignInUnavailableError);
    expect(error.message).toContain(message);
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1']);
  });
});

describe('a connection that does not last', () => {
  const lasting = TYPE_2;
  const announced = {
    ...reply({ status: 401, headers: [`WWW-Authenticate: NTLM ${CHALLENGE}`, 'Connection: close'] }),
    then: 'end',
  } as const;

  test('begins the sign-in again, once', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, announced, OFFER, lasting, logonReply());
    await client.signIn(NEVER);
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'anonymous', 'NTLM 1', 'NTLM 3']);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 2, 2]);
  });

  test('for the second time is a matter of the connection, and no answer was ever sent', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, announced, OFFER, announced);
    const error = await failureOf(client.signIn(NEVER));
    expect(error).toMatchObject({ reason: 'connection', disposition: 'retry' });
    expect(error.message).toContain('NTLM needs one that is kept alive');
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'anonymous', 'NTLM 1']);
  });

  test('may end after the offer: nothing had begun', async () => {
    const { client, server } = ntlm();
    const offer = reply({ status: 401, headers: ['WWW-Authenticate: NTLM', 'Connection: close'] });
    server.will({ ...offer, then: 'end' }, TYPE_2, logonReply());
    await client.signIn(NEVER);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2, 2]);
  });

  test('with the third message on it is not tried again here: nobody knows whether it was judged', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, TYPE_2, { raw: '', then: 'reset' });
    expect(await failureOf(client.signIn(NEVER))).toBeInstanceOf(TransientError);
    expect(steps(server)).toEqual(['anonymous', 'NTLM 1', 'NTLM 3']);
  });

  test('is trouble of the server if it says so between the messages', async () => {
    const { client, server } = ntlm();
    server.will(OFFER, reply({ status: 503 }));
    expect(await failureOf(client.signIn(NEVER))).toMatchObject({ reason: 'busy' });
  });

  test('may show only by the answer: a 401 over another connection judges nobody', async () => {
    const answers = [
      { connection: 1, challenges: ['NTLM'] },
      { connection: 1, challenges: [`NTLM ${CHALLENGE}`] },
      { connection: 2, challenges: ['NTLM'] },
      { connection: 2, challenges: ['NTLM'] },
      { connection: 2, challenges: [`NTLM ${CHALLENGE}`] },
      { connection: 2, challenges: [], statusCode: 200 },
    ].map((answer) => ({ statusCode: 401, ...answer }) as unknown as HttpAnswer);
    const waiting = answers.values();
    let number = 1;
    const connection = {
      isOpen: true,
      certificate: null,
      get number() {
        return number;
      },
    };
    const exchange = (): Promise<HttpAnswer> => {
      const answer = present(waiting.next().value, 'another answer');
      number = answer.connection;
      return Promise.resolve(answer);
    };
    const account = { user: 'A\\b', password: () => Promise.resolve(PASSWORD), clock: systemClock };
    const step = {
      transport: { exchange, connection },
      credentials: new Credentials(() => 0),
      integrated: { ...SETTINGS, ...account },
    };
    const request = { channel: 'signIn', method: 'POST', path: '/iwa/logon.html' } as const;
    expect(await exchangeIntegrated(step, request, NEVER)).toBe(answers.at(-1));
  });
});
