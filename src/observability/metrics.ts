import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { INSTRUMENTS, METRIC_PREFIX } from './instruments.ts';
import type { Instrument } from './instruments.ts';
import { FIXED_LABEL_SETS, OTHER } from './label-sets.ts';
import type { LabelSets, OwnedLabelSet } from './label-sets.ts';

/** Label → value. A value outside its closed set is counted as `other`. */
type Labels<Label extends string> = Readonly<Record<Label, string>>;

export interface CounterInstrument<Label extends string> {
  /** Adds `value`, 1 if it is left out; never negative. */
  inc(labels: Labels<Label>, value?: number): void;
}

export interface GaugeInstrument<Label extends string> {
  set(labels: Labels<Label>, value: number): void;
  inc(labels: Labels<Label>, value?: number): void;
  dec(labels: Labels<Label>, value?: number): void;
  /** Sets the series of `labels` to 1 and those with another value of `label` to 0. */
  setOneHot(label: Label, labels: Labels<Label>): void;
}

export interface HistogramInstrument<Label extends string> {
  /** `value` in the unit that the name ends with: seconds or bytes. */
  observe(labels: Labels<Label>, value: number): void;
}

type InstrumentOf<I extends Instrument> = I['kind'] extends 'counter'
  ? CounterInstrument<LabelOf<I>>
  : I['kind'] extends 'gauge'
    ? GaugeInstrument<LabelOf<I>>
    : HistogramInstrument<LabelOf<I>>;

type LabelOf<I extends Instrument> = Extract<keyof I['labels'], string>;

type Instruments = { readonly [K in keyof typeof INSTRUMENTS]: InstrumentOf<(typeof INSTRUMENTS)[K]> };

export interface Metrics extends Instruments {
  /** The page that Prometheus reads. */
  render(): Promise<string>;
  /** Content type of that page. */
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly accounts: readonly { readonly id: string; readonly site: string }[];
  /** Whole names of the topics. */
  readonly topics: readonly string[];
  /** Version of the program. */
  readonly version: string;
  /** Vocabularies of those who own them; others stand in place of those in {@link FIXED_LABEL_SETS}. */
  readonly labelSets: Pick<LabelSets, OwnedLabelSet> & Partial<LabelSets>;
  /** Whether process and Node.js metrics are included; they cost observers that live as long as the process. */
  readonly withProcessMetrics: boolean;
}

/**
 * Makes every instrument, in a registry of its own. Counters exist at 0 for every combination of their closed label
 * sets, so that the first increase is one: `increase()` sees nothing of a series that appears with its first event.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.withProcessMetrics) collectDefaultMetrics({ register: registry });
  const sets = labelSetsOf(options);
  const siteOf = new Map(options.accounts.map(({ id, site }) => [id, site]));
  const instruments = Object.fromEntries(
    Object.entries(INSTRUMENTS).map(([key, instrument]) => [key, create(instrument, registry, sets, siteOf)]),
  ) as unknown as Instruments;
  instruments.buildInfo.set({ version: options.version, node: process.version }, 1);
  return { ...instruments, render: () => registry.metrics(), contentType: registry.contentType };
}

function labelSetsOf({ accounts, topics, version, labelSets }: MetricsOptions): LabelSets {
  return {
    ...FIXED_LABEL_SETS,
    account: accounts.map(({ id }) => id),
    site: [...new Set(accounts.map(({ site }) => site))],
    topic: topics,
    version: [version],
    node: [process.version],
    ...labelSets,
  };
}

type AnyInstrument = CounterInstrument<string> | GaugeInstrument<string> | HistogramInstrument<string>;

function create(
  instrument: Instrument,
  registry: Registry,
  sets: LabelSets,
  siteOf: ReadonlyMap<string, string>,
): AnyInstrument {
  const bound = boundTo(instrument, sets);
  const series = seriesOf(instrument, sets, siteOf);
  const options = {
    name: METRIC_PREFIX + instrument.name,
    help: instrument.help,
    labelNames: Object.keys(instrument.labels),
    registers: [registry],
  };
  switch (instrument.kind) {
    case 'counter': {
      const counter = new Counter(options);
      for (const labels of series) counter.inc(labels, 0);
      return { inc: (labels, value = 1) => counter.inc(bound(labels), value) };
    }
    case 'gauge':
      return gaugeOf(new Gauge(options), instrument, series, sets, bound);
    case 'histogram': {
      const histogram = new Histogram({ ...options, buckets: [...(instrument.buckets ?? [])] });
      for (const labels of series) histogram.zero(labels);
      return { observe: (labels, value) => histogram.observe(bound(labels), value) };
    }
  }
}

function gaugeOf(
  gauge: Gauge,
  instrument: Instrument,
  series: readonly Labels<string>[],
  sets: LabelSets,
  bound: (labels: Labels<string>) => Labels<string>,
): GaugeInstrument<string> {
  if (instrument.startsUnknown === true) gauge.reset();
  else for (const labels of series) gauge.set(labels, 0);
  return {
    set: (labels, value) => gauge.set(bound(labels), value),
    inc: (labels, value = 1) => gauge.inc(bound(labels), value),
    dec: (labels, value = 1) => gauge.dec(bound(labels), value),
    setOneHot: (label, labels) => {
      const set = instrument.labels[label];
      for (const value of set === undefined ? [] : sets[set]) gauge.set(bound({ ...labels, [label]: value }), 0);
      gauge.set(bound(labels), 1);
    },
  };
}

/** Keeps every value inside its closed set. */
function boundTo(instrument: Instrument, sets: LabelSets): (labels: Labels<string>) => Labels<string> {
  const known = Object.entries(instrument.labels).map(([label, set]) => [label, new Set(sets[set])] as const);
  return (labels) => {
    const bound: Record<string, string> = {};
    for (const [label, values] of known) {
      const value = labels[label] ?? OTHER;
      bound[label] = values.has(value) ? value : OTHER;
    }
    return bound;
  };
}

/** Every combination of label values that can occur: an account occurs with its own site only. */
function seriesOf(
  instrument: Instrument,
  sets: LabelSets,
  siteOf: ReadonlyMap<string, string>,
): readonly Labels<string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, set] of Object.entries(instrument.labels)) {
    series = series.flatMap((labels) => sets[set].map((value) => ({ ...labels, [label]: value })));
  }
  return series.filter(({ account, site }) => {
    return account === undefined || site === undefined || siteOf.get(account) === site;
  });
}
