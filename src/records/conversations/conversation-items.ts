import type { ElementReader } from '../reading/element-reader.ts';
import { parseBoolean } from '../reading/values.ts';
import type { ConversationItem } from '../topics/conversations.ts';
import { normalizeUri } from '../uri.ts';
import type { ConversationFact } from './conversation-vocabulary.ts';
import { NOTHING_WRITTEN, readMessage, readWritten, type WritingRules, type WrittenText } from './written.ts';

type ItemFields = Partial<Omit<ConversationItem, 'kind'>>;
type ReadItem = (reader: ElementReader, rules: WritingRules) => ItemFields;

const EMPTY: Omit<ConversationItem, 'kind'> = {
  uri: null,
  uriRaw: null,
  name: null,
  role: null,
  value: null,
  ...NOTHING_WRITTEN,
  messageId: null,
  reason: null,
  flag: null,
  rid: null,
  confId: null,
  sourceNetwork: null,
  escalationMode: null,
  archiving: null,
  call: null,
  subjects: [],
  furtherMessages: [],
};

/** One reader for each fact (events-and-categories §4.12). */
const READERS: Readonly<Record<ConversationFact, ReadItem>> = {
  confUri: readWord,
  imSessionReceived: readInvitation,
  imSessionState: readWord,
  messageReceived: readMessageReceived,
  messageIdReceived: (reader) => ({ rid: reader.attribute('rid'), messageId: reader.attribute('messageId') }),
  messageSendFailed: (reader) => ({ messageId: reader.attribute('messageId') }),
  composingState: readComposing,
  initiateImSessionAccepted: (reader) => ({ rid: reader.attribute('rid'), confId: reader.long('confId') }),
  inviteFailed: (reader) => readPerson(reader, reader.attribute('uri')),
  locked: readFlag,
  escalationMode: readWord,
  role: readWord,
  participant: readParticipant,
  participantRemoved: (reader) => readPerson(reader, reader.text()),
  enableAppearOffline: readFlag,
  voIPReceived: readCall,
  voIPTerminated: (reader) => ({ reason: reader.childToken('reason') }),
};

const READER_OF: ReadonlyMap<string, ReadItem> = new Map(Object.entries(READERS));

/** Reads a fact. Of a name that is none of {@link ConversationFact}, everything is left to the reader's `finish`. */
export function readItem(reader: ElementReader, rules: WritingRules): ConversationItem {
  const kind = reader.element.name;
  return { kind, ...EMPTY, ...READER_OF.get(kind)?.(reader, rules) };
}

/** The people that an item names, normalised. */
export function peopleOf({ uri, call }: ConversationItem): readonly string[] {
  return [uri, call?.fromUri ?? null].filter((person) => person !== null);
}

function readWord(reader: ElementReader): ItemFields {
  return { value: reader.textToken() };
}

/** What is no boolean is told by its text in `value`. */
function readFlag(reader: ElementReader): ItemFields {
  const value = reader.textToken();
  const flag = parseBoolean(value);
  if (flag === null) reader.findings.warn('bad-boolean');
  return { value, flag };
}

/** Nobody documents who composes; where an attribute says it, that is the person (§10 question 3). */
function readComposing(reader: ElementReader): ItemFields {
  const value = reader.textToken();
  const states: ReadonlyMap<string, boolean> = new Map([
    ['composing', true],
    ['idle', false],
  ]);
  const person = readPerson(reader, reader.attribute('sender') ?? reader.attribute('uri'));
  return { ...person, value, flag: states.get(value.toLowerCase()) ?? null };
}

function readParticipant(reader: ElementReader): ItemFields {
  return {
    ...readPerson(reader, reader.attribute('uri')),
    name: reader.attribute('name'),
    role: reader.token('role'),
    archiving: reader.boolean('archiving'),
  };
}

function readInvitation(reader: ElementReader, rules: WritingRules): ItemFields {
  const inviter = reader.one('inviter', (person) => ({
    ...readPerson(person, person.attribute('uri')),
    name: person.attribute('name'),
    sourceNetwork: person.token('sourceNetwork'),
  }));
  return {
    ...inviter,
    role: reader.childToken('role'),
    escalationMode: reader.childToken('escalationMode'),
    ...readTexts(reader, rules),
  };
}

function readMessageReceived(reader: ElementReader, rules: WritingRules): ItemFields {
  return { ...readPerson(reader, reader.attribute('sender')), ...readTexts(reader, rules) };
}

function readCall(reader: ElementReader, rules: WritingRules): ItemFields {
  const from = reader.childText('from');
  return {
    ...readPerson(reader, reader.childText('uri')),
    name: reader.childText('displayName'),
    call: {
      from,
      fromUri: uriIn(reader, from),
      redirectable: reader.childBoolean('redirectable'),
      canReplyWithIM: reader.childBoolean('canReplyWithIM'),
      priority: reader.childToken('priority'),
      isConference: reader.childBoolean('isConference'),
    },
    ...readTexts(reader, rules),
  };
}

/** All subjects and messages of an item: the first message is the item's own. */
function readTexts(reader: ElementReader, rules: WritingRules): ItemFields {
  const subjects = reader.all('subject', (subject) => readWritten(subject, rules));
  const messages: readonly WrittenText[] = reader.all('message', (message) => readMessage(message, rules));
  const [first = NOTHING_WRITTEN, ...furtherMessages] = messages;
  return { ...first, subjects, furtherMessages };
}

function readPerson(reader: ElementReader, raw: string | null): ItemFields {
  return { uri: uriIn(reader, raw), uriRaw: raw };
}

function uriIn(reader: ElementReader, raw: string | null): string | null {
  if (raw === null) return null;
  const { uri, warnings } = normalizeUri(raw);
  for (const warning of warnings) reader.findings.warn(warning);
  return uri;
}
