import { median, type Sample } from './measure.ts';

export const CONTESTANTS = ['pipeline', 'raw', 'rawTransactional', 'naive'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/** All samples for one number of events an answer. */
export interface Rounds {
  readonly eventsPerAnswer: number;
  readonly samples: Readonly<Record<Contestant, readonly Sample[]>>;
}

/** Medians of all rounds, and the ratios that the goals speak of. */
export interface Result {
  readonly eventsPerAnswer: number;
  readonly eventsPerSecond: Readonly<Record<Contestant, number>>;
  readonly cpuUsPerEvent: Readonly<Record<Contestant, number>>;
  /** Medians of the ratios of one round each: neighbours on the machine burden a round as a whole. */
  readonly ratios: { readonly toRaw: number; readonly toRawTransactional: number; readonly toNaive: number };
}

export function resultOf({ eventsPerAnswer, samples }: Rounds): Result {
  const each = (field: keyof Sample): Record<Contestant, number> => ({
    pipeline: median(samples.pipeline.map((sample) => sample[field])),
    raw: median(samples.raw.map((sample) => sample[field])),
    rawTransactional: median(samples.rawTransactional.map((sample) => sample[field])),
    naive: median(samples.naive.map((sample) => sample[field])),
  });
  const ratioTo = (rival: Contestant): number =>
    median(samples.pipeline.map((own, round) => own.eventsPerSecond / (samples[rival][round]?.eventsPerSecond ?? 0)));
  return {
    eventsPerAnswer,
    eventsPerSecond: each('eventsPerSecond'),
    cpuUsPerEvent: each('cpuUsPerEvent'),
    ratios: {
      toRaw: ratioTo('raw'),
      toRawTransactional: ratioTo('rawTransactional'),
      toNaive: ratioTo('naive'),
    },
  };
}

/** A table in Markdown, so that it can be put into a document as it is. */
export function tableOf(results: readonly Result[]): string {
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  const rows = results.map(({ cpuUsPerEvent, eventsPerAnswer, eventsPerSecond, ratios }) => [
    String(eventsPerAnswer),
    ...CONTESTANTS.map((name) => `${whole(eventsPerSecond[name])} (${whole(cpuUsPerEvent[name])})`),
    ratios.toRaw.toFixed(2),
    ratios.toRawTransactional.toFixed(2),
    ratios.toNaive.toFixed(1),
  ]);
  const head = [
    'events an answer',
    'bridge',
    'kafkajs',
    'kafkajs, transactions',
    'naive',
    '÷ kafkajs',
    '÷ trans.',
    '÷ naive',
  ];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}
