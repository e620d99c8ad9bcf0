import { XMLParser } from 'fast-xml-parser';

import { readByOracle } from '../test/contract/ordered-oracle.ts';
import { median } from './measure.ts';
import { answerOf, normalizeTree, readTree } from './parse-answer.ts';

const EVENTS_PER_ANSWER = 100;
const ROUNDS = 30;
const WARM_UP_ROUNDS = 30;

/** So many events an answer are compared with {@link EVENTS_PER_ANSWER} of them. */
const COUNTS = [1, 10, 100, 1_000, 10_000] as const;
/** Events that are read and normalized for each count, so that few of them take long enough to be measured. */
const EVENTS_PER_MEASUREMENT = 10_000;
const MEASUREMENTS = 5;

/** Medians in milliseconds for one answer of 100 events. */
interface Contest {
  readonly bytes: number;
  readonly readMs: number;
  readonly readAndNormalizeMs: number;
  readonly fastXmlParserMs: number;
  readonly orderedTreeMs: number;
  readonly orderedTreeAndNormalizeMs: number;
}

export interface ParsingFigures extends Contest {
  /** Microseconds from bytes to records for one event, by the number of events of its answer. */
  readonly costs: readonly { readonly events: number; readonly usPerEvent: number }[];
}

/**
 * From the bytes of an answer to records as they go out, and the same with fast-xml-parser: its tree as it comes; an
 * ordered tree with namespaces, as records need it; and the records, by the same normalizer. They take turns in one
 * process.
 */
export function compareParsing(): ParsingFigures {
  return { ...contest(), costs: costsOfEvents() };
}

function contest(): Contest {
  const body = answerOf(EVENTS_PER_ANSWER);
  const parser = new XMLParser({ ignoreAttributes: false });
  const times = taken({
    readMs: () => readTree(body),
    readAndNormalizeMs: () => normalizeTree(readTree(body)),
    fastXmlParserMs: () => parser.parse(body.toString('utf8')) as unknown,
    orderedTreeMs: () => readByOracle(body.toString('utf8')),
    orderedTreeAndNormalizeMs: () => normalizeTree(readByOracle(body.toString('utf8'))),
  });
  return { bytes: body.length, ...times };
}

/** Median time of each, taking turns. */
function taken<Name extends string>(runs: Readonly<Record<Name, () => unknown>>): Record<Name, number> {
  const names = Object.keys(runs) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const name of names) {
      const ms = millisecondsOf(runs[name]);
      if (round >= WARM_UP_ROUNDS) times[name].push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

function costsOfEvents(): ParsingFigures['costs'] {
  const bodies = COUNTS.map((events) => ({ events, body: answerOf(events), costs: [] as number[] }));
  for (let measurement = 0; measurement < MEASUREMENTS; measurement += 1) {
    for (const { body, costs, events } of bodies) {
      const ms = millisecondsOf(() => {
        for (let done = 0; done < EVENTS_PER_MEASUREMENT; done += events) normalizeTree(readTree(body));
      });
      costs.push((ms * 1_000) / EVENTS_PER_MEASUREMENT);
    }
  }
  return bodies.map(({ costs, events }) => ({ events, usPerEvent: median(costs) }));
}

/** Processor time of this thread: others on the machine do not count. */
function millisecondsOf(run: () => unknown): number {
  const before = process.threadCpuUsage();
  run();
  const { system, user } = process.threadCpuUsage(before);
  return (system + user) / 1_000;
}

export function describeParsing(figures: ParsingFigures): string {
  const { bytes, costs, fastXmlParserMs, orderedTreeMs, orderedTreeAndNormalizeMs, readAndNormalizeMs, readMs } =
    figures;
  const row = (what: string, ms: number): string =>
    `| ${what.padEnd(58)} | ${ms.toFixed(2).padStart(6)} | ${(ms / readAndNormalizeMs).toFixed(2).padStart(5)} |`;
  const ratio = (a: number, b: number): string => (a / b).toFixed(1);
  const base = costs.find(({ events }) => events === EVENTS_PER_ANSWER)?.usPerEvent ?? NaN;
  return [
    `One answer of ${EVENTS_PER_ANSWER} events, ${bytes.toLocaleString('en')} bytes: processor time`,
    '',
    `| ${'from bytes to'.padEnd(58)} |     ms | ratio |`,
    `|${'-'.repeat(60)}|-------:|------:|`,
    row('a tree, by the bridge', readMs),
    row('records ready to be sent, by the bridge', readAndNormalizeMs),
    row('a tree, by fast-xml-parser as it comes', fastXmlParserMs),
    row('an ordered tree with namespaces, by fast-xml-parser', orderedTreeMs),
    row('records, by fast-xml-parser and the same normalizer', orderedTreeAndNormalizeMs),
    '',
    `fast-xml-parser ÷ bridge: ${ratio(fastXmlParserMs, readMs)} for a tree, ${ratio(orderedTreeMs, readMs)} for one ` +
      `that records can be made of, ${ratio(orderedTreeAndNormalizeMs, readAndNormalizeMs)} for records`,
    '',
    '| events an answer | µs an event | ÷ 100 |',
    '|-----------------:|------------:|------:|',
    ...costs.map(({ events, usPerEvent }) => {
      const count = events.toLocaleString('en').padStart(16);
      return `| ${count} | ${usPerEvent.toFixed(1).padStart(11)} | ${(usPerEvent / base).toFixed(2).padStart(5)} |`;
    }),
  ].join('\n');
}
