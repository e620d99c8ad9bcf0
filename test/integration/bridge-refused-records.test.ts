import { createHash } from 'node:crypto';

import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { readDocument } from '../../src/cwa/documents/read-document.ts';
import { digestOf } from '../../src/events/order.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import type { TailRecord } from '../support/topic-tail.ts';

const [ANNA = '', BEN = ''] = USERS;

/** Lowers what the broker takes in one record batch of a topic. */
async function limitTopic(brokers: readonly string[], topic: string, bytes: number): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
  await admin.disconnect();
}

/** The bytes that the parts of one dead letter hold together. */
function bodyOf(letters: readonly TailRecord[]): Buffer {
  const parts = letters.toSorted((a, b) => Number(a.value.part) - Number(b.value.part));
  return Buffer.concat(parts.map(({ value }) => Buffer.from(String(value.bodyBase64), 'base64')));
}

/** Waits until all parts of the dead letters of this reason are there. */
async function lettersOf({ records }: Stage, reason: string): Promise<readonly TailRecord[]> {
  const first = await records.find(`a dead letter ${reason}`, (value) => value.reason === reason);
  const letters = await records.count('deadLetter', Number(first.value.parts));
  expect(letters.map(({ value }) => value.reason)).toEqual(letters.map(() => reason));
  return letters;
}

describe('records that cannot be published as they are', () => {
  test('one that Kafka refuses becomes a dead letter, and the account goes on', async () => {
    const stage = await setStage();
    const { brokers, prefix, records, simulator } = stage;
    const bridge = await stage.start();
    await records.count('snapshotEnded', 1);
    await limitTopic(brokers, `${prefix}unknown`, 6_000);

    const text = 'tide '.repeat(4_000);
    simulator.pushEvent(ACCOUNT.uri, plain('tideWarning', { level: 3 }, text));
    simulator.setPresence(ANNA, { note: 'in the same answer' });
    const letters = await lettersOf(stage, 'rejectedByBroker');
    simulator.setPresence(BEN, { note: 'in the next answer' });
    await records.find('the account goes on', ({ note }) => note === 'in the next answer');

    expect(bodyOf(letters).toString('utf8')).toContain(text);
    expect(letters[0]?.value).toMatchObject({ eventName: 'tideWarning', action: 'published here instead' });
    expect(records.all.filter(({ value }) => value.note === 'in the same answer')).toHaveLength(1);
    expect(records.ofType('gap')).toHaveLength(1);
    await expectNoHole(records);
    expect((await bridge.get('/metrics')).body).toContain('cwa_bridge_dead_letters_total{reason="rejectedByBroker"} 1');
    const [warned] = bridge.log.withMessage('Kafka refused records: their events become dead letters');
    expect(warned?.err).toMatchObject({ code: 'record-rejected' });
  });

  test('an event with a text above kafka.recordBytesMax goes out whole, in parts, beside its cut record', async () => {
    const stage = await setStage({ settings: { kafka: { recordBytesMax: 16_384 } } });
    const { records, simulator } = stage;
    await stage.start();
    await records.count('snapshotEnded', 1);

    const note = 'Ω"<&> '.repeat(20_000);
    simulator.setPresence(ANNA, { note });
    const letters = await lettersOf(stage, 'oversizeRecord');
    simulator.setPresence(BEN, { note: 'afterwards' });
    await records.find('the account goes on', (value) => value.note === 'afterwards');

    const body = bodyOf(letters);
    expect(letters.length).toBeGreaterThan(10);
    expect(new Set(letters.map(({ value }) => value.id)).size).toBe(letters.length);
    const sha256 = createHash('sha256').update(body).digest('hex');
    for (const { value, text } of letters) {
      expect(value).toMatchObject({
        bodyBytes: body.length,
        bodySha256: sha256,
        parts: letters.length,
        eventName: 'userPresence',
      });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16_384);
    }
    // The same event, to the last character, by the digest that the server made of its own.
    const digest = digestOf(readDocument(body, { roots: ['userPresence'] }).root);
    const given = simulator.ledger.events.find(({ eid }) => eid === letters[0]?.value.eid);
    expect(digest).toBe(given?.digest);
    await expectNoHole(records);
  });
});
