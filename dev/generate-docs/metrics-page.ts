import { INSTRUMENTS, METRIC_PREFIX } from '../../src/observability/instruments.ts';
import type { Instrument } from '../../src/observability/instruments.ts';
import { FIXED_LABEL_SETS } from '../../src/observability/label-sets.ts';
import type { LabelSet } from '../../src/observability/label-sets.ts';
import { GAP_REASONS } from '../../src/bridge/phase.ts';
import { WARNINGS } from '../../src/records/warnings.ts';
import { generatedNotice, table } from './markdown.ts';

const INTRODUCTION = `# Metrics

\`GET /metrics\` on \`http.port\`, in the text format of Prometheus. All names begin with \`${METRIC_PREFIX}\`; beside them are
the usual \`process_…\` and \`nodejs_…\` metrics of the process.

* Counters exist at 0 from the start, for every account and every label value.
* The number of series depends on the number of accounts, sites and topics, never on the number of users. A value that
  no list below knows is counted as \`other\`.
* A retry is not a loss: what was lost is counted by \`gaps_total\` and \`dead_letters_total\` alone.`;

/** Sets that the configuration decides. */
const CONFIGURED: Readonly<Partial<Record<LabelSet, string>>> = {
  account: '`accounts[].id`',
  site: '`sites[].name`',
  topic: 'whole names of the topics',
  version: 'version of the program',
  node: 'version of Node.js',
};

/** The reference of all metrics, from the table of instruments. */
export function metricsPage(): string {
  const rows = Object.values<Instrument>(INSTRUMENTS).map((instrument) => [
    `\`${METRIC_PREFIX}${instrument.name}\``,
    instrument.kind,
    Object.keys(instrument.labels)
      .map((label) => `\`${label}\``)
      .join(', '),
    instrument.help,
    instrument.bad,
  ]);
  const parts = [
    generatedNotice('`src/observability/instruments.ts`'),
    INTRODUCTION,
    table(['Name', 'Kind', 'Labels', 'Meaning', 'What a bad value means'], rows),
    '## Label values',
    table(['Label', 'Of', 'Values'], labelRows()),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** One row for each label and set, with the metrics that have it. */
function labelRows(): readonly (readonly string[])[] {
  const users = new Map<string, { label: string; set: LabelSet; names: string[] }>();
  for (const { name, labels } of Object.values<Instrument>(INSTRUMENTS)) {
    for (const [label, set] of Object.entries(labels)) {
      const entry = users.get(`${label} ${set}`) ?? { label, set, names: [] };
      entry.names.push(`\`${name}\``);
      users.set(`${label} ${set}`, entry);
    }
  }
  return [...users.values()].map(({ label, set, names }) => [
    `\`${label}\``,
    names.length > 3 ? 'several' : names.join(', '),
    CONFIGURED[set] ??
      valuesOf(set)
        .map((value) => `\`${value}\``)
        .join(', '),
  ]);
}

function valuesOf(set: LabelSet): readonly string[] {
  const all: Readonly<Partial<Record<LabelSet, readonly string[]>>> = {
    ...FIXED_LABEL_SETS,
    gapReason: GAP_REASONS,
    warning: Object.keys(WARNINGS),
  };
  return all[set] ?? [];
}
