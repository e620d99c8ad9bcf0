import { XMLParser } from 'fast-xml-parser';

import { initialProgress } from '../src/bridge/account-progress.ts';
import type { PlanContext } from '../src/bridge/plan.ts';
import { planAnswer } from '../src/bridge/plan-answer.ts';
import { normalizeSettings } from '../src/commands/normalize-settings.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../src/cwa/document-limits.ts';
import { eventsAnswerOf } from '../src/cwa/envelope.ts';
import { EVENTS } from '../src/cwa/protocol.ts';
import { readDocument } from '../src/cwa/read-document.ts';
import { makeAccounts } from './answer-server.ts';
import { EventSupply } from './event-supply.ts';
import { median } from './measure.ts';

const EVENTS_PER_ANSWER = 100;
const ROUNDS = 30;
const WARM_UP_ROUNDS = 30;

/** Medians in milliseconds for one answer of 100 events. */
export interface ParsingFigures {
  readonly bytes: number;
  readonly readMs: number;
  readonly readAndNormalizeMs: number;
  readonly fastXmlParserMs: number;
}

/**
 * From the bytes of one answer to records as they go out, against fast-xml-parser with its defaults, which only makes
 * a tree of it. They take turns in one process.
 */
export function compareParsing(): ParsingFigures {
  const [account] = makeAccounts(1);
  const events = new EventSupply(account?.users ?? [], 'parse').write(1, EVENTS_PER_ANSWER);
  const document = `<cwaEvents pollWaitTime="0" sessionTimeout="600" ackId="100" sid="412">${events}\n</cwaEvents>`;
  const body = Buffer.from(document);
  const parser = new XMLParser({ ignoreAttributes: false });
  const runs = {
    readMs: () => read(body),
    readAndNormalizeMs: () => planAnswer(CONTEXT, PROGRESS, { answer: read(body), polledAckId: '0', receivedAt: 0 }),
    fastXmlParserMs: () => parser.parse(body.toString('utf8')) as unknown,
  };
  const times = { readMs: [], readAndNormalizeMs: [], fastXmlParserMs: [] } as Record<keyof typeof runs, number[]>;
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const name of Object.keys(runs) as (keyof typeof runs)[]) {
      const startedAt = performance.now();
      runs[name]();
      if (round >= WARM_UP_ROUNDS) times[name].push(performance.now() - startedAt);
    }
  }
  return {
    bytes: body.length,
    readMs: median(times.readMs),
    readAndNormalizeMs: median(times.readAndNormalizeMs),
    fastXmlParserMs: median(times.fastXmlParserMs),
  };
}

export function describeParsing(figures: ParsingFigures): string {
  const { bytes, fastXmlParserMs, readAndNormalizeMs, readMs } = figures;
  const row = (what: string, ms: number): string =>
    `| ${what.padEnd(46)} | ${ms.toFixed(2).padStart(6)} | ${(ms / fastXmlParserMs).toFixed(2).padStart(5)} |`;
  return [
    `One answer of ${EVENTS_PER_ANSWER} events, ${bytes.toLocaleString('en')} bytes`,
    '',
    `| ${'from bytes to'.padEnd(46)} |     ms | ratio |`,
    `|${'-'.repeat(48)}|-------:|------:|`,
    row('the tree, by the bridge', readMs),
    row('records ready to be sent, by the bridge', readAndNormalizeMs),
    row('the tree, by fast-xml-parser', fastXmlParserMs),
  ].join('\n');
}

const SETTINGS = normalizeSettings({
  installation: 'bench',
  site: 'bench',
  accountId: 'bench',
  accountUri: 'sip:bench@bench.example',
  includeRaw: false,
});
const CONTEXT: PlanContext = { settings: SETTINGS, now: 0, newId: () => 'gap', claim: 0 };
const PROGRESS = {
  ...initialProgress('bench', 'sip:bench@bench.example'),
  state: 'open' as const,
  generation: 1,
  sid: '412',
};

function read(body: Uint8Array): ReturnType<typeof eventsAnswerOf> {
  return eventsAnswerOf(readDocument(body, { roots: [EVENTS], limits: DEFAULT_DOCUMENT_LIMITS }).root);
}
