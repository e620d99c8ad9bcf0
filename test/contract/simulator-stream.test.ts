import { createHash } from 'node:crypto';

import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';

import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { userUri } from '../../src/simulator/population.ts';
import { vocabulary } from '../../src/simulator/xml-node.ts';
import { ManualClock, ackIdOf, openSession, type RawAnswer } from './support/raw-client.ts';

const ACCOUNT = 'sip:svc-presence01@fabrikam.example';

/** Everything that a session of twelve users hands over until 300 changes have come. */
async function stream(options: SimulatorOptions): Promise<{ answers: RawAnswer[]; digests: (string | null)[] }> {
  const { sim, client } = await openSession({
    clock: new ManualClock(),
    users: 12,
    eventsPerSecond: Infinity,
    eventsTotal: 300,
    eventsPerAnswer: 40,
    ...options,
  });
  await client.subscribe(...Array.from({ length: 12 }, (_, i) => userUri(i + 1)));
  client.ackId = '0';
  const answers: RawAnswer[] = [];
  for (let answer = await client.next(); !answer.body.endsWith('/>'); answer = await client.next())
    answers.push(answer);
  client.close();
  await sim.close();
  return { answers, digests: sim.ledger.events.map(({ digest }) => digest) };
}

/** The digests of the events of an answer, from its bytes: written for this test, from the words of the document. */
function digestsOf({ body }: RawAnswer): string[] {
  const open: { start: string; text: string[]; hasElements: boolean }[] = [];
  const digests: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const escape = (text: string): string =>
    text.replace(/[&<"]/g, (c) => ({ '&': '&amp;', '<': '&lt;' })[c] ?? '&quot;');
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const pairs = Object.values(attributes)
      .filter((attribute) => attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
      .map((attribute) => [`{${attribute.prefix === '' ? '' : attribute.uri}}${attribute.local}`, attribute.value])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
    const written = pairs.map(([name = '', value = '']) => ` ${name}="${escape(value)}"`).join('');
    const parent = open.at(-1);
    if (parent) parent.hasElements = true;
    open.push({ start: `<{${uri}}${local}${written}>`, text: [], hasElements: false });
  });
  const take = (text: string): void => void open.at(-1)?.text.push(escape(text));
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const { start, text, hasElements } = element;
    const kept = text.filter((piece) => !hasElements || piece.startsWith('<{') || piece.trim() !== '');
    const whole = `${start}${kept.join('')}</>`;
    if (open.length === 1) digests.push(createHash('sha256').update(whole, 'utf8').digest('hex').slice(0, 16));
    open.at(-1)?.text.push(whole);
  });
  parser.write(body).close();
  return digests;
}

describe('the stream', () => {
  test('is the same for the same seed', async () => {
    expect((await stream({ seed: 'a' })).digests).toEqual((await stream({ seed: 'a' })).digests);
  });

  test('is another one for another seed', async () => {
    expect((await stream({ seed: 'a' })).digests).not.toEqual((await stream({ seed: 'b' })).digests);
  });

  test('has the same digests in both wire styles, though the bytes differ', async () => {
    const indented = await stream({ wireStyle: 'indented' });
    const compact = await stream({ wireStyle: 'compact', xmlDeclaration: true });
    expect(compact.digests).toEqual(indented.digests);
    expect(compact.answers[0]?.body).toMatch(/^<\?xml [^>]*\?><cwaEvents [^>]*><\w/);
    expect(indented.answers[0]?.body).toMatch(/^<cwaEvents [^>]*>\n {2}<\w/);
    expect(compact.answers.map((answer) => answer.body).join('')).not.toContain('>\n');
  });

  test.each(['indented', 'compact'] as const)(
    'hands over what the ledger says, read independently: %s',
    async (style) => {
      const { answers, digests } = await stream({ wireStyle: style, oddities: true, eidOrder: 'shuffled' });
      expect(answers.flatMap(digestsOf).toSorted()).toEqual((digests as string[]).toSorted());
      expect(digests.length).toBeGreaterThan(300);
    },
  );

  test('speaks of states, notes, cards, calendars and more, in many alphabets', async () => {
    const { answers } = await stream({});
    const text = answers.map(({ body }) => body).join('');
    for (const name of ['state', 'note', 'contactCard', 'calendarData', 'services']) {
      expect(text).toContain(`<cwaCategory name="${name}"`);
    }
    for (const script of [
      /\p{Script=Latin}\u0301?/u,
      /\p{Script=Cyrillic}/u,
      /\p{Script=Han}/u,
      /[\u{10000}-\u{10ffff}]/u,
    ]) {
      expect(text).toMatch(script);
    }
    expect(text).toContain('<presenceSubscriptionState');
    expect(text).toContain(']]&gt; is only text');
  });

  test('keeps carriage returns, tabs and line feeds through a conforming reader', async () => {
    const { sim, client } = await openSession();
    sim.pushEvent(ACCOUNT, vocabulary('')('tide', { '{urn:x}a': 'tab\t lf\n cr\r "<&>' }, 'cr\r\n tab\t ]]> end'));
    const answer = await client.next();
    expect(answer.body).toContain(
      '<tide eid="7" ns:a="tab&#9; lf&#10; cr&#13; &quot;&lt;&amp;>" xmlns:ns="urn:x">cr&#13;\n tab\t ]]&gt; end</tide>',
    );
    expect(digestsOf(answer)).toEqual([sim.ledger.events.at(-1)?.digest]);
    client.close();
    await sim.close();
  });

  test('takes text that a test pushes as it is, with the eid put in', async () => {
    const { sim, client } = await openSession();
    sim.pushEvent(ACCOUNT, { xml: '<futureEvent eid="{eid}"><!-- kept --></futureEvent>', eventName: 'futureEvent' });
    expect((await client.next()).body).toContain('\n  <futureEvent eid="7"><!-- kept --></futureEvent>\n');
    expect(sim.ledger.events.at(-1)).toMatchObject({ eid: 7, eventName: 'futureEvent', digest: null });
    expect(ackIdOf(await client.poll())).toBe('7');
    client.close();
    await sim.close();
  });
});
