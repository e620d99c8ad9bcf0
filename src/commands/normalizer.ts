import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

import { type AccountProgress, initialProgress } from '../bridge/progress/account-progress.ts';
import type { Plan, PlanContext } from '../bridge/plans/plan.ts';
import { planAnswer } from '../bridge/plans/plan-answer.ts';
import { planResponses } from '../bridge/plans/plan-responses.ts';
import type { DocumentLimits } from '../cwa/documents/document-limits.ts';
import { DocumentRefusedError } from '../cwa/documents/document-refused-error.ts';
import { type EventsAnswer, eventsAnswerOf } from '../cwa/documents/envelope.ts';
import { EVENTS, RESPONSES } from '../cwa/protocol.ts';
import { readDocument } from '../cwa/documents/read-document.ts';
import { responsesAnswerOf } from '../cwa/documents/responses.ts';
import { messageOf } from '../lib/errors.ts';
import type { CommandIo } from './command.ts';
import { recordLine } from './record-line.ts';

/** On which channel the documents came: data is `cwaEvents`, command is `cwaResponses`. */
export type ChannelName = 'data' | 'command';

/** How documents become records, and as of when. */
export interface NormalizerSettings {
  readonly context: PlanContext;
  readonly limits: DocumentLimits;
  readonly channel: ChannelName;
}

/**
 * Makes documents into records with the plans of the daemon, and carries what one session has seen from document to
 * document, as the daemon does.
 */
export class Normalizer {
  readonly #settings: NormalizerSettings;
  readonly #io: CommandIo;
  #progress: AccountProgress;

  constructor(settings: NormalizerSettings, io: CommandIo) {
    const { accountId, accountUri } = settings.context.settings.account;
    this.#settings = settings;
    this.#io = io;
    this.#progress = { ...initialProgress(accountId, accountUri), state: 'open', generation: 1 };
  }

  /**
   * Hands over the records of all files in order, one line of JSON each. "-" is standard input. Says on standard error
   * which files could not be read.
   *
   * @returns whether all could be read.
   */
  async all(files: readonly string[], onLine: (line: string) => void): Promise<boolean> {
    let isComplete = true;
    for (const file of files) {
      try {
        const { records } = this.#planOf(file === '-' ? await buffer(this.#io.stdin) : await readFile(file));
        for (const record of records) onLine(recordLine(record));
      } catch (error) {
        const isExpected = error instanceof DocumentRefusedError || isFileError(error);
        if (!isExpected) throw error;
        this.#io.stderr.write(`${file === '-' ? 'standard input' : file}: ${messageOf(error)}\n`);
        isComplete = false;
      }
    }
    return isComplete;
  }

  #planOf(body: Uint8Array): Plan {
    const { channel, limits } = this.#settings;
    const document = readDocument(body, { roots: [channel === 'data' ? EVENTS : RESPONSES], limits });
    for (const warning of document.warnings) this.#io.stderr.write(`warning: ${warning}\n`);
    const plan =
      channel === 'data'
        ? this.#planEvents(eventsAnswerOf(document.root))
        : this.#planResponses(responsesAnswerOf(document.root));
    this.#progress = plan.next;
    return plan;
  }

  #planEvents(answer: EventsAnswer): Plan {
    const { context } = this.#settings;
    const received = { answer, polledAckId: this.#progress.ackId, receivedAt: context.now };
    return planAnswer(context, { ...this.#progress, sid: answer.sid }, received);
  }

  #planResponses(answer: ReturnType<typeof responsesAnswerOf>): Plan {
    const { context } = this.#settings;
    const sid = answer.sid ?? answer.nestedEvents[0]?.sid ?? null;
    return planResponses(context, { ...this.#progress, sid }, { answer, receivedAt: context.now, sent: null });
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
