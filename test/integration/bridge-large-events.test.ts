import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { readDocument } from '../../src/cwa/documents/read-document.ts';
import { elementsOf, textOf, type XmlElement } from '../../src/lib/xml.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import { joinParts } from '../support/join-parts.ts';
import type { RecordValue, TailRecord } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const [ANNA = '', BEN = ''] = USERS;

/** What a broker takes in one record batch unless it is told otherwise (`message.max.bytes`). */
const BROKER_BYTES_MAX = 1_048_588;

async function setRunningStage(): Promise<Stage> {
  const stage = await setStage();
  await stage.start();
  await stage.records.count('snapshotEnded', 1);
  return stage;
}

/** Waits for a record that is the first of its parts, and then for all of them; in the order of `part`. */
async function partsOf(
  { records }: Stage,
  what: string,
  isIt: (value: RecordValue) => boolean,
): Promise<readonly TailRecord[]> {
  const first = await records.find(what, (value) => value.part === 0 && isIt(value));
  const { eid, generation, parts, recordType } = first.value;
  const found = await until(`all parts of ${what} are there`, () => {
    const same = records.all.filter(({ value }) => {
      return value.eid === eid && value.generation === generation && value.recordType === recordType;
    });
    return same.length >= Number(parts) && same;
  });
  expect(found).toHaveLength(Number(parts));
  for (const { text } of found) expect(Buffer.byteLength(text)).toBeLessThan(BROKER_BYTES_MAX);
  return found.toSorted((a, b) => Number(a.value.part) - Number(b.value.part));
}

/** The event in the dead letters: parts decoded and joined, and the digest compared. */
function eventIn(letters: readonly TailRecord[]): XmlElement {
  const body = Buffer.concat(letters.map(({ value }) => Buffer.from(String(value.bodyBase64), 'base64')));
  expect(letters[0]?.value).toMatchObject({ bodyBytes: body.length, bodySha256: sha256Of(body) });
  return readDocument(body, { roots: [String(letters[0]?.value.eventName)] }).root;
}

function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function find(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of elementsOf(element)) {
    const found = child.name === name ? child : find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('an event that is larger than a record', () => {
  test('a note of 5 MB is cut in its record, and whole in the dead letters', async () => {
    const stage = await setRunningStage();
    const { records, simulator } = stage;
    const note = 'Tide "is" in & out – ☂𝔘\n'.repeat(190_000);
    expect(Buffer.byteLength(note)).toBeGreaterThan(5_000_000);
    simulator.setPresence(ANNA, { note });

    const parts = await partsOf(stage, 'the presence', ({ recordType, truncated }) => {
      return recordType === 'userPresence' && (truncated as readonly unknown[]).length > 0;
    });
    const letters = await partsOf(stage, 'the dead letter', ({ recordType }) => recordType === 'deadLetter');
    simulator.setPresence(BEN, { note: 'afterwards' });
    await records.find('the account goes on', (value) => value.note === 'afterwards');

    const presence = joinParts(parts.map(({ value }) => value));
    const whole = { bytes: Buffer.byteLength(note), sha256: sha256Of(note) };
    expect(presence.truncated).toEqual([
      { path: 'note', ...whole },
      { path: 'categories[0].note.bodies[0].text', ...whole },
    ]);
    expect(note.startsWith(String(presence.note))).toBe(true);
    expect(letters[0]?.value).toMatchObject({ reason: 'oversizeRecord', eid: presence.eid });
    const body = find(eventIn(letters), 'body');
    expect(body === undefined ? '' : sha256Of(textOf(body))).toBe(whole.sha256);
    await expectNoHole(records);
    expect(records.ofType('gap')).toHaveLength(1);
  });

  test('a contact list of 20,000 entries is split, and nothing of it is missing', async () => {
    const stage = await setRunningStage();
    const { records, simulator } = stage;
    const contacts = Array.from({ length: 20_000 }, (_, index) => ({
      uri: `sip:contact${String(index)}@fabrikam.example`,
      name: index % 3 === 0 ? '' : `Contact "${String(index)}" & co`,
      subscribed: String(index % 2 === 0),
      tag: 'false',
      groups: '1 4 ',
    }));
    const group = plain('group', { id: 1, name: '~', externalUri: '' });
    const list = contacts.map((contact) => plain('contact', contact));
    simulator.pushEvent(ACCOUNT.uri, plain('contactGroup', { fullList: 'true', deltaNum: 77 }, [group, ...list]));

    const isIt = ({ deltaNum }: RecordValue): boolean => deltaNum === 77;
    const parts = await partsOf(stage, 'the contact list', isIt);
    const whole = joinParts(parts.map(({ value }) => value));

    expect(parts.length).toBeGreaterThan(3);
    expect(new Set(parts.map(({ value }) => value.id)).size).toBe(parts.length);
    expect(whole).toMatchObject({ fullList: true, parts: 1, truncated: [], groups: [{ id: 1 }] });
    const rebuilt = whole.contacts as readonly Readonly<Record<string, unknown>>[];
    expect(rebuilt.map(({ uriRaw, name, subscribed }) => ({ uri: uriRaw, name, subscribed }))).toEqual(
      contacts.map(({ uri, name, subscribed }) => ({ uri, name, subscribed: subscribed === 'true' })),
    );
    expect(records.ofType('deadLetter')).toEqual([]);
    await expectNoHole(records);
  });
});
