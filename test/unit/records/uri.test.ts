import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { normalizeUri } from '../../../src/records/uri.ts';

describe('normalizeUri', () => {
  test.each([
    ['sip:maren.holt@northpier.example', 'sip:maren.holt@northpier.example'],
    [' sip:maren.holt@northpier.example\n', 'sip:maren.holt@northpier.example'],
    ['SIP:Maren.Holt@NorthPier.example', 'sip:maren.holt@northpier.example'],
    ['maren.holt@northpier.example', 'sip:maren.holt@northpier.example'],
    ['sip:a@b.example;user=phone', 'sip:a@b.example'],
    ['sip:a@b.example:5061;transport=tls?subject=x', 'sip:a@b.example:5061'],
    ['sip:a@b.example?subject=x@y;z', 'sip:a@b.example'],
    ['sip:+15550100;ext=5@pool.example;user=phone', 'sip:+15550100;ext=5@pool.example'],
    ['sips:a@b.example;x', 'sips:a@b.example'],
    ['"Odo" <sip:odo@northpier.example>;tag=9a', 'sip:odo@northpier.example'],
    ['<Odo@northpier.example>', 'sip:odo@northpier.example'],
    ['"Maren <sip:maren@x.example>" <sip:odo@northpier.example>', 'sip:odo@northpier.example'],
    [' "a \\" <sip:b@x.example>" <Odo@northpier.example>;tag=9a', 'sip:odo@northpier.example'],
    ['TEL:+4555501000;Ext=7', 'tel:+4555501000;ext=7'],
    ['smtp:Maren@northpier.example;x=1', 'smtp:maren@northpier.example;x=1'],
    ['sip:ÅSE@NORTHPIER.example', 'sip:åse@northpier.example'],
  ])('makes %j comparable', (raw, uri) => {
    expect(normalizeUri(raw)).toEqual({ uri, warnings: [] });
  });

  test.each(['', ' \t', 'sip:', ' SIP: ', 'tel:', '<>', 'sip:;user=phone'])('finds no user in %j', (raw) => {
    expect(normalizeUri(raw)).toEqual({ uri: null, warnings: ['missing-uri'] });
  });

  test('reads megabytes behind a quote, whether it closes or not', () => {
    const name = `"${'a'.repeat(4_000_000)}`;
    for (const raw of [name, `${name}\\`, `${name}<`]) expect(normalizeUri(raw).warnings).toEqual(['odd-uri']);
    expect(normalizeUri(`${name}\\"" <sip:a@b.example>`)).toEqual({ uri: 'sip:a@b.example', warnings: [] });
  });

  test('keeps text with neither scheme nor @ in lower case and warns', () => {
    expect(normalizeUri(' Odo ')).toEqual({ uri: 'odo', warnings: ['odd-uri'] });
  });

  test('never takes the focus of a conference for a user', () => {
    const focus = 'sip:maren@northpier.example;gruu;opaque=app:conf:focus:id:4F2A';
    expect(normalizeUri(focus)).toEqual({ uri: null, warnings: ['conference-uri'] });
  });

  test('changes nothing when it is applied again', () => {
    const piece = fc.constantFrom(
      'sip:',
      'SIP:',
      'tel:',
      '@',
      ';',
      '?',
      '<',
      '>',
      '"',
      ' ',
      'a',
      'Å',
      'İ',
      'Σ',
      'x.y',
      ':',
    );
    const raw = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(raw, (text) => {
        const { uri } = normalizeUri(text);
        if (uri !== null) expect(normalizeUri(uri).uri).toBe(uri);
      }),
      { numRuns: 2000 },
    );
  });

  test('never gives an empty key', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => normalizeUri(text).uri !== ''));
  });
});
