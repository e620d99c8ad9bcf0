import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

import { type AccountProgress, initialProgress } from '../bridge/account-progress.ts';
import type { Plan, PlanContext } from '../bridge/plan.ts';
import { planAnswer } from '../bridge/plan-answer.ts';
import { planResponses } from '../bridge/plan-responses.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../cwa/document-limits.ts';
import { DocumentRefusedError } from '../cwa/document-refused-error.ts';
import { eventsAnswerOf } from '../cwa/envelope.ts';
import { EVENTS, RESPONSES } from '../cwa/protocol.ts';
import { readDocument } from '../cwa/read-document.ts';
import { responsesAnswerOf } from '../cwa/responses.ts';
import { messageOf } from '../lib/errors.ts';
import type { OutgoingRecord } from '../lib/outgoing-record.ts';
import { normalizeUri } from '../records/uri.ts';
import { readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { normalizeSettings } from './normalize-settings.ts';

export const normalize: Command = {
  name: 'normalize',
  summary: 'prints the records that HTTP bodies would become',
  help: `Usage: cwa-bridge normalize [OPTION]… [FILE]…

Reads HTTP bodies of the CWA server, one a file, or one from standard input, and prints what would be published, one
JSON object a line: {topic, key, headers, value}. The bodies are taken for answers of one session, in this order, so
an event that comes again is published once. Problems go to standard error.

      --account URI          The account that saw them. Default sip:account@example.invalid.
      --channel CHANNEL      data (cwaEvents, the default) or command (cwaResponses).
      --received-at TIME     ISO 8601; the time of receipt of all of them. Default now.
      --installation NAME    Default cwa-bridge. Part of every id, like the two below.
      --site NAME            Default site.
      --account-id ID        Default account.
      --raw                  Fill the raw field with the event's XML.

Exit status: 0 done, 1 a document was refused (the others still go out), 2 usage.
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS, { allowPositionals: true });
    const receivedAt = timeOf(values['received-at']);
    const channel = channelOf(values.channel);
    const settings = normalizeSettings({
      installation: values.installation ?? 'cwa-bridge',
      site: values.site ?? 'site',
      accountId: values['account-id'] ?? 'account',
      accountUri: accountUriOf(values.account ?? 'sip:account@example.invalid'),
      includeRaw: values.raw === true,
    });
    const context: PlanContext = { settings, now: receivedAt, newId: () => 'gap', claim: 0 };
    return new Normalizer(context, channel, io).all(positionals.length === 0 ? ['-'] : positionals);
  },
};

const OPTIONS = {
  account: { type: 'string' },
  channel: { type: 'string' },
  'received-at': { type: 'string' },
  installation: { type: 'string' },
  site: { type: 'string' },
  'account-id': { type: 'string' },
  raw: { type: 'boolean' },
} as const;

type ChannelName = 'data' | 'command';

/** Carries what one session has seen from document to document, as the daemon does. */
class Normalizer {
  readonly #context: PlanContext;
  readonly #channel: ChannelName;
  readonly #io: CommandIo;
  #progress: AccountProgress;

  constructor(context: PlanContext, channel: ChannelName, io: CommandIo) {
    const { accountId, accountUri } = context.settings.account;
    this.#context = context;
    this.#channel = channel;
    this.#io = io;
    this.#progress = { ...initialProgress(accountId, accountUri), state: 'open', generation: 1 };
  }

  async all(files: readonly string[]): Promise<ExitStatus> {
    let status: ExitStatus = 0;
    for (const file of files) {
      try {
        this.#print(this.#planOf(file === '-' ? await buffer(this.#io.stdin) : await readFile(file)));
      } catch (error) {
        const isExpected = error instanceof DocumentRefusedError || isFileError(error);
        if (!isExpected) throw error;
        this.#io.stderr.write(`${file === '-' ? 'standard input' : file}: ${messageOf(error)}\n`);
        status = 1;
      }
    }
    return status;
  }

  #planOf(body: Uint8Array): readonly Plan[] {
    const isData = this.#channel === 'data';
    const document = readDocument(body, { roots: [isData ? EVENTS : RESPONSES], limits: DEFAULT_DOCUMENT_LIMITS });
    for (const warning of document.warnings) this.#io.stderr.write(`warning: ${warning}\n`);
    if (isData) return [this.#planEvents(eventsAnswerOf(document.root))];
    const answer = responsesAnswerOf(document.root);
    const received = { answer, receivedAt: this.#context.now, sent: null };
    const sid = answer.sid ?? answer.nestedEvents[0]?.sid ?? null;
    const plan = planResponses(this.#context, { ...this.#progress, sid }, received);
    this.#progress = plan.next;
    return [plan];
  }

  #planEvents(answer: ReturnType<typeof eventsAnswerOf>): Plan {
    const progress = { ...this.#progress, sid: answer.sid };
    const received = { answer, polledAckId: progress.ackId, receivedAt: this.#context.now };
    const plan = planAnswer(this.#context, progress, received);
    this.#progress = plan.next;
    return plan;
  }

  #print(plans: readonly Plan[]): void {
    for (const { records } of plans) for (const record of records) this.#io.stdout.write(`${lineOf(record)}\n`);
  }
}

/** The value is JSON text already, with all digits of its numbers: it must not pass through a JavaScript number. */
function lineOf({ headers, key, topic, value }: OutgoingRecord): string {
  return `{"topic":${JSON.stringify(topic)},"key":${JSON.stringify(key)},"headers":${JSON.stringify(headers)},"value":${String(value)}}`;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new UsageError(`--received-at "${text}" is not a time; write it as 2009-03-02T08:15:00Z`);
  return time;
}

function channelOf(text = 'data'): ChannelName {
  if (text === 'data' || text === 'command') return text;
  throw new UsageError(`--channel "${text}" is neither data nor command`);
}

function accountUriOf(text: string): string {
  const { uri } = normalizeUri(text);
  if (uri === null) throw new UsageError(`--account "${text}" is no URI; write it as sip:name@domain`);
  return uri;
}
