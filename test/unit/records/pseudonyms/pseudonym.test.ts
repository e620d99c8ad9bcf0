import { createHash, createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  concealAddress,
  concealDigest,
  concealId,
  concealText,
  pseudonymOf,
} from '../../../../src/records/pseudonyms/pseudonym.ts';
import { KEY, NEXT_KEY } from './planted.ts';

const ODO = 'sip:odo@x.example';

function hmac(text: string): Buffer {
  return createHmac('sha256', KEY.key).update(text).digest();
}

const PSEUDONYM = `pseudo:2026-11:${hmac(ODO).subarray(0, 16).toString('base64url')}`;

describe('a pseudonym', () => {
  test('is what the documentation says, and hides nothing but the address', () => {
    expect(pseudonymOf(ODO, KEY)).toBe(PSEUDONYM);
    expect(PSEUDONYM).toMatch(/^pseudo:2026-11:[A-Za-z0-9_-]{22}$/);
  });

  test.each([
    ODO,
    'SIP:Odo@X.example',
    ' odo@x.example ',
    '"Odo Kerr" <sip:odo@x.example>;tag=9a',
    'sip:odo@x.example;user=phone',
  ])('is the same for %j, as it is for the normalised URI', (address) => {
    expect(concealAddress(address, KEY)).toBe(PSEUDONYM);
  });

  test.each(['tel:+4555501000', 'tel:+4555501000;ext=7', '+45 55 50 10 00', 'odo', 'mailto:odo@x.example'])(
    'is another for %j, which is another address',
    (address) => {
      const pseudonym = concealAddress(address, KEY);
      expect(pseudonym).toMatch(/^pseudo:2026-11:[A-Za-z0-9_-]{22}$/);
      expect(pseudonym).not.toBe(PSEUDONYM);
    },
  );

  test('is that of the organiser in the address of a conference, which names no user', () => {
    const focus = 'sip:odo@x.example;gruu;opaque=app:conf:focus:id:4F2A';
    expect(concealAddress(focus, KEY)).toBe(`${PSEUDONYM};gruu;opaque=app:conf:focus:id:4F2A`);
  });

  test.each(['', ' ', 'sip:', 'tel:'])('stands for nobody in %j', (address) => {
    expect(concealAddress(address, KEY)).toBe(address);
  });

  test('is another with another key, and with another name of the same key', () => {
    expect(pseudonymOf(ODO, NEXT_KEY)).not.toContain(PSEUDONYM.slice(-22));
    expect(pseudonymOf(ODO, { ...KEY, id: 'b' })).toBe(PSEUDONYM.replace('2026-11', 'b'));
  });
});

describe('a text', () => {
  test.each([
    ['ask odo@x.example, or SIP:ODO@X.example', `ask ${PSEUDONYM}, or ${PSEUDONYM}`],
    [
      '<user uri="sip:Odo@x.example"><a b="odo@x.example"/></user>',
      `<user uri="${PSEUDONYM}"><a b="${PSEUDONYM}"/></user>`,
    ],
    ['sip%3Aodo%40x.example', PSEUDONYM],
    ['odo&#64;x.example', PSEUDONYM],
  ])('has the pseudonym of a field for %j', (text, concealed) => {
    expect(concealText(text, KEY)).toBe(concealed);
  });

  test('loses a name without host that an attribute of XML says is an address, and no other word', () => {
    const concealed = concealText('<user uri="Odo"><note>Odo is out</note></user>', KEY);
    expect(concealed).toBe(`<user uri="${pseudonymOf('odo', KEY)}"><note>Odo is out</note></user>`);
    expect(concealText('<user uri="Odo', KEY)).toBe(`<user uri="${pseudonymOf('odo', KEY)}`);
    expect(concealText('<photo uri="https://x.example/p"/>', KEY)).toBe('<photo uri="https://x.example/p"/>');
  });

  test('has keyed digests: those of a text that may be nothing but an address could be guessed', () => {
    const digest = createHash('sha256').update('odo@x.example').digest('hex');
    const concealed = concealText(`note: sha256:${digest}`, KEY);
    expect(concealed).toBe(`note: hmac-sha256:${hmac(`DIGEST ${digest}`).toString('hex')}`);
    expect(concealDigest(digest, KEY)).toBe(concealed.slice(-64));
  });
});

describe('an id', () => {
  const id = '0123456789abcdef0123456789abcdef';

  test('stays one, as the documentation says, and cannot be computed without the key', () => {
    expect(concealId(id, KEY)).toBe(hmac(`ID ${id}`).toString('hex').slice(0, 32));
    expect(concealId(id, KEY)).not.toBe(concealId(id, NEXT_KEY));
    expect(concealId('', KEY)).toBe('');
  });

  test('is none that an address could be made to have', () => {
    expect(Buffer.from(concealAddress(`ID ${id}`, KEY).slice(-22), 'base64url').toString('hex')).not.toBe(
      concealId(id, KEY),
    );
  });
});
