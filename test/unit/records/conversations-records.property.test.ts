import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { XmlElement, XmlNode } from '../../../src/lib/xml.ts';
import { CONVERSATION_FACTS } from '../../../src/records/conversations/conversation-vocabulary.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { Privacy } from '../../../src/records/privacy.ts';
import type { DataRecord } from '../../../src/records/topics/topics.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { admitted, recordContext } from './builders.ts';

const FACTS = [...CONVERSATION_FACTS];
const WRITTEN = ['content', 'subject', 'message'];
const PARTS = ['inviter', 'format', 'uri', 'displayName', 'from', 'redirectable', 'isConference', 'reason'];
const CWA = 'http://schemas.microsoft.com/2006/09/rtc/cwa';

const names = fc.constantFrom(...FACTS, ...PARTS, ...WRITTEN, 'whiteboard', 'user', '__proto__', 'delimiter');
const attributeNames = fc.constantFrom(
  'uri',
  'sender',
  'rid',
  'confId',
  'messageId',
  'archiving',
  'role',
  'subject',
  'x',
);
const namespaces = fc.constantFrom('', '', '', CWA, 'urn:foreign');
const values = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'True',
    'maybe',
    '9007199254740993',
    'sip:a@b.example',
    'composing',
    '"A" <sip:b@x>;t',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc.record({
    name: names,
    namespace: namespaces,
    attributes: fc.array(fc.record({ name: attributeNames, namespace: namespaces, value: values }), { maxLength: 3 }),
    children: fc.array(fc.oneof({ depthSize: 'small', maxDepth: 4 }, values, tie('tree')), { maxLength: 5 }),
  }),
}));

/** A conference, or a fact that stands among the events, in which anything may stand. */
const events = fc
  .tuple(fc.constantFrom('conference', 'conference', 'conference', ...FACTS), fc.constantFrom('', CWA), tree)
  .map(([name, namespace, root]): XmlElement => ({ ...root, name, namespace }));

function recordsOf(root: XmlElement, privacyMessages: Privacy): readonly DataRecord[] {
  return normalizeEvent(
    admitted(root),
    recordContext({ rawXmlBytesMax: 1_000_000, includeRaw: true, privacyMessages, requestOf: () => null }),
  );
}

function writtenBy(root: XmlElement, privacyMessages: Privacy): string {
  const records = recordsOf(root, privacyMessages);
  return records
    .map((record) => String(encodeRecord(record, { installation: 'x', topics: TOPIC_NAMES }).value))
    .join('\n');
}

/** The tree with the texts of all elements, or only the values of all attributes, replaced by marks of their own. */
function marked(root: XmlElement, text: () => string, value: () => string): XmlElement {
  return {
    ...root,
    attributes: root.attributes.map((attribute) => ({ ...attribute, value: value() })),
    children: root.children.map((child): XmlNode => (typeof child === 'string' ? text() : marked(child, text, value))),
  };
}

test('any conversation becomes records with contiguous sequences, different ids and one place for each child', () => {
  fc.assert(
    fc.property(events, fc.constantFrom<Privacy>('drop', 'hash', 'keep'), (root, policy) => {
      const records = recordsOf(root, policy);
      const { firstSequence } = recordContext();
      expect(records.map(({ value }) => value.sequence)).toEqual(records.map((_, index) => firstSequence + index));
      expect(records.map(({ value }) => value.userIndex)).toEqual(records.map((_, index) => index));
      expect(new Set(records.map(({ value }) => value.id)).size).toBe(records.length);
      writtenBy(root, policy);
      if (root.name !== 'conference') return;
      const children = root.children.filter((child) => typeof child !== 'string');
      const isFact = (child: XmlElement): boolean =>
        CONVERSATION_FACTS.has(child.name) && (child.namespace === '' || child.namespace === CWA);
      const [conversation, ...others] = records;
      const items = conversation?.topic === 'conversations' ? conversation.value.items : [];
      expect(items.map(({ kind }) => kind)).toEqual(children.filter(isFact).map(({ name }) => name));
      expect(others.every(({ topic }) => topic === 'unknown')).toBe(true);
      const unknown = children.filter((child) => !isFact(child)).map(({ name }) => name);
      expect(others.map(({ value }) => value.eventName).filter((name, i, all) => name !== all[i - 1])).toEqual(
        unknown.filter((name, i) => name !== unknown[i - 1]),
      );
    }),
    { numRuns: 300 },
  );
});

test('nothing is dropped where what people wrote is kept', () => {
  fc.assert(
    fc.property(events, (root) => {
      let count = 0;
      const mark = (): string => `mark${(count += 1)}.`;
      const written = writtenBy(marked(root, mark, mark), 'keep');
      const marks = Array.from({ length: count }, (_, index) => `mark${index + 1}.`);
      expect(marks.filter((each) => !written.includes(each))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** Whether the protocol writes the text: in words, names of people and formats. Told here by other means. */
const OPEN = new Map<string, readonly string[]>([
  [
    'conference',
    [
      ...['confUri', 'imSessionState', 'composingState', 'locked', 'escalationMode', 'role', 'participantRemoved'],
      'enableAppearOffline',
    ],
  ],
  ['imSessionReceived', ['role', 'escalationMode']],
  ['message', ['format']],
  ['voIPReceived', ['uri', 'displayName', 'from', 'redirectable', 'canReplyWithIM', 'priority', 'isConference']],
  ['voIPTerminated', ['reason']],
]);

/** The tree in which each text that people may have written is `secret()`, and every other text is left out. */
function planted(root: XmlElement, parent: string, secret: () => string): XmlElement {
  const isOurs = root.namespace === '' || root.namespace === CWA;
  const isOpen = isOurs && OPEN.get(parent)?.includes(root.name) === true;
  return {
    ...root,
    attributes: root.attributes.map((a) => (a.name === 'subject' ? { ...a, value: secret() } : { ...a, value: '' })),
    children: root.children.flatMap((child): readonly XmlNode[] => {
      if (typeof child !== 'string') return [planted(child, root.name, secret)];
      return isOpen ? [] : [secret()];
    }),
  };
}

test.each(['drop', 'hash'] as const)('with %s nothing that people may have written is anywhere', (policy) => {
  fc.assert(
    fc.property(events, (root) => {
      let count = 0;
      const secret = (): string => `secret${(count += 1)}.`;
      const event = planted(root, root.name === 'conference' ? '' : 'conference', secret);
      const written = writtenBy(event, policy);
      expect(written).not.toContain('secret');
      if (policy === 'hash') return;
      for (let index = 1; index <= count; index += 1) {
        const digest = createHash('sha256').update(`secret${index}.`).digest('hex');
        expect(written).not.toContain(digest);
      }
    }),
    { numRuns: 300 },
  );
});
