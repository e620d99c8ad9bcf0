import process from 'node:process';

import { XMLParser } from 'fast-xml-parser';
import kafkajs from 'kafkajs';

import { COMMAND_PATH, DATA_PATH, LOGON_FORMS_PATH, TICKET_HEADER } from '../src/cwa/protocol.ts';
import type { NaiveTask } from './task.ts';

/**
 * The design that one would write first: the global fetch, fast-xml-parser as it comes, one awaited send per event,
 * the next poll when all of an answer are sent. It loses and repeats events in every crash; only its speed is of
 * interest here.
 */
const task = JSON.parse(process.argv[2] ?? '') as NaiveTask;
const parser = new XMLParser({ ignoreAttributes: false });
const kafka = new kafkajs.Kafka({ brokers: [...task.brokers], logLevel: kafkajs.logLevel.NOTHING });
const producer = kafka.producer();

interface Answer {
  readonly cwaEvents: { readonly '@_ackId': string; readonly userPresence: PresenceEvent | readonly PresenceEvent[] };
}

interface PresenceEvent {
  readonly user: { readonly '@_uri': string };
}

async function post(path: string, body: string, ticket = ''): Promise<Response> {
  return fetch(task.baseUrl + path, { method: 'POST', body, headers: { [TICKET_HEADER]: ticket } });
}

async function runSession(user: string): Promise<never> {
  const logon = await post(LOGON_FORMS_PATH, `<cwaRequests><logon><user>${user}</user></logon></cwaRequests>`);
  const ticket = logon.headers.get(TICKET_HEADER) ?? '';
  await post(COMMAND_PATH, `<cwaRequests sid="0"><initiateSession rid="1"/></cwaRequests>`, ticket);
  let ackId = '0';
  for (;;) {
    const url = `${task.baseUrl}${DATA_PATH}?Sid=${ticket}&AckID=${ackId}&UA=true`;
    const response = await fetch(url, { headers: { [TICKET_HEADER]: ticket } });
    const { cwaEvents } = parser.parse(await response.text()) as Answer;
    for (const event of [cwaEvents.userPresence].flat()) {
      const message = { key: event.user['@_uri'], value: JSON.stringify(event) };
      await producer.send({ topic: task.topic, messages: [message] });
    }
    ackId = cwaEvents['@_ackId'];
  }
}

process.once('SIGTERM', () => process.exit(0));
await producer.connect();
await Promise.all(task.users.map((user) => runSession(user)));
