import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { replaceAddresses } from '../../../../src/records/pseudonyms/addresses.ts';
import { ADDRESS_FORMS, HOST, LOCAL } from './planted.ts';

/** The text with every address in braces, as it was handed over. */
function marked(text: string): string {
  return replaceAddresses(text, (address) => `{${address}}`);
}

describe('an address in a text', () => {
  test.each([
    ['call <SIP:Odo.Kerr@x.example;user=phone>, please', 'call <{SIP:Odo.Kerr@x.example};user=phone>, please'],
    ['"Odo" <sip:odo@x.example>;tag=9a', '"Odo" <{sip:odo@x.example}>;tag=9a'],
    ['odo@x.example, eve@y.example.', '{odo@x.example}, {eve@y.example}.'],
    ["o'kerr@x.example or 'odo@x.example'", "{o'kerr@x.example} or '{odo@x.example}'"],
    ['sip:+15550100;ext=5@pool.example;user=phone', '{sip:+15550100;ext=5@pool.example};user=phone'],
    ['sip:odo@[2001:db8::1]:5061', '{sip:odo@[2001:db8::1]:5061}'],
    ['sip:pool.example;transport=tls', '{sip:pool.example};transport=tls'],
    ['sip:user:word@x.example', '{sip:user:word@x.example}'],
    ['sips:odo@x.example?subject=a', '{sips:odo@x.example}?subject=a'],
    ['mailto:odo@x.example?cc=eve@y.example', '{mailto:odo@x.example}?cc={eve@y.example}'],
    ['SMTP:Odo@x.example', '{SMTP:Odo@x.example}'],
    ['"odo kerr"@x.example', '{"odo kerr"@x.example}'],
    ['odo@localhost', '{odo@localhost}'],
  ])('is found in %j', (text, found) => {
    expect(marked(text)).toBe(found);
  });

  test.each([
    ['tel:+45 55 50 10 00 at night', '{tel:+45 55 50 10 00} at night'],
    ['TEL:+1(425)555-0100', '{TEL:+1(425)555-0100}'],
    ['tel:5550100;phone-context=+44.', '{tel:5550100;phone-context=+44}.'],
    ['phone:tel:5550100', 'phone:{tel:5550100}'],
    ['?n=%20tel:5550100', '?n=%20{tel:5550100}'],
  ])('may be a number: %j', (text, found) => {
    expect(marked(text)).toBe(found);
  });

  test.each([
    ['<user uri="sip:odo@x.example"/>', '<user uri="{sip:odo@x.example}"/>'],
    ['<a>odo@x.example</a>', '<a>{odo@x.example}</a>'],
    ['&lt;sip:odo@x.example&gt;', '&lt;{sip:odo@x.example}&gt;'],
    ['&quot;odo@x.example&quot;', '&quot;{odo@x.example}&quot;'],
    ['sip:o&amp;d@x.example', '{sip:o&d@x.example}'],
    ['odo&#64;x.example odo&amp;#x40;x.example', '{odo@x.example} {odo@x.example}'],
    ['&quot;odo kerr&quot;@x.example', '{&quot;odo kerr&quot;@x.example}'],
  ])('is found in XML: %j', (text, found) => {
    expect(marked(text)).toBe(found);
  });

  test.each([
    ['?to=sip%3Aodo%40x.example&b=1', '?to={sip:odo@x.example}&b=1'],
    ['odo%2540x.example', '{odo@x.example}'],
    ['sip:odo%40corp.example@gw.example', '{sip:odo%40corp.example@gw.example}'],
    ['odo%40corp.example@gw.example', '{odo%40corp.example@gw.example}'],
    ['odo%40x.example@ sea', '{odo@x.example}@ sea'],
    ['sip:odo%20kerr@x.example', '{sip:odo%20kerr@x.example}'],
    ['odo%40%zz', 'odo%40%zz'],
  ])('is found behind percent-escapes: %j', (text, found) => {
    expect(marked(text)).toBe(found);
  });

  test.each([
    ['åse@bücher.example', '{åse@bücher.example}'],
    ['用户@例え。テスト', '{用户@例え。テスト}'],
    ['ＯＤＯ＠ｘ．example', '{ＯＤＯ@ｘ．example}'],
    ['“odo@x.example”', '“{odo@x.example}”'],
    ['𝒐@𝒙.example', '{𝒐@𝒙.example}'],
  ])('is found in any script: %j', (text, found) => {
    expect(marked(text)).toBe(found);
  });

  test.each([
    '',
    'At the lighthouse',
    'back @ 5',
    'hi @odo',
    'sip:',
    'tel: later',
    'hotel:5',
    'gossip:odo',
    'user[0]/@x',
  ])('is not found in %j, which stays as it is', (text) => {
    expect(marked(text)).toBe(text);
  });

  test('does not survive, whatever stands around it', () => {
    const around = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '@',
            '%40',
            '&#64;',
            'sip:',
            'tel:',
            ' ',
            '"',
            "'",
            '<',
            '>',
            '&',
            '&amp;',
            '&quot;',
            ';',
            '?',
          ),
          fc.constantFrom(',', '.', ':', '=', '/', '(', ')', '[', '%', '%25', '＠', '\n', 'a@b', 'x', '+', '\u202e'),
          fc.string({ unit: 'grapheme', maxLength: 4 }),
        ),
        { maxLength: 6 },
      )
      .map((pieces) => pieces.join(''));
    // A number is known by its scheme alone, which may not end a longer word.
    const forms = ADDRESS_FORMS.filter((form) => !form.startsWith('tel:'));
    fc.assert(
      fc.property(around, fc.constantFrom(...forms), around, (before, form, after) => {
        expect(form).toContain(LOCAL);
        expect(replaceAddresses(before + form + after, () => 'X')).not.toContain(LOCAL);
      }),
      { numRuns: 5_000 },
    );
  });

  test('does not survive with its host, if it stands alone', () => {
    for (const form of ADDRESS_FORMS) {
      const replaced = replaceAddresses(` ${form} `, () => 'X');
      expect(replaced).not.toContain(LOCAL);
      expect(replaced.toLowerCase()).not.toContain(HOST);
    }
  });

  test.each([
    ['no separators', 'a', ''],
    ['nothing but ats', '@', ''],
    ['schemes', 'sip:', 'x'],
    ['schemes and parameters', 'sip:a;', ''],
    ['escaped ats', '%40', ''],
    ['ampersands', '&amp;', ''],
    ['escapes of an escape', '%25', ''],
    ['quotes', '"@', ''],
    ['labels of a host', '.a', ''],
    ['digits of a number', '1 ', 'tel:'],
    ['attributes that do not end', ' uri="', ''],
  ])('is searched for without going back over the text again and again: %s', (_what, piece, before) => {
    // A search in quadratic time would take minutes over this and run into the time limit of the test.
    const text = before + piece.repeat(300_000);
    expect(replaceAddresses(text, () => 'X').length).toBeGreaterThan(0);
  });
});
