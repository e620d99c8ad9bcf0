import type { ChaosReport } from './chaos-run.ts';

/** The report for people: one line for each thing that was counted. */
export function tableOf(report: ChaosReport): string {
  const { acknowledgements: acks, published } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['seed', report.seed],
    [
      'took',
      `${String(report.seconds)} s, ${String(report.nodes)} Kafka node${report.nodes === 1 ? '' : 's'}, ${report.format}`,
    ],
    ['done', countsOf(report.done)],
    ['link faults', countsOf(report.linkFaults)],
    ['sessions', `${String(report.sessionsOpened)} opened, ${String(report.signIns)} sign-ins`],
    ['events', `${String(report.eventsCreated)} made, ${String(published.eventsHandedOver)} handed over`],
    ['records', `${String(published.records)} read, ${String(published.promised)} promised by the ledger`],
    ['allowed', `${String(published.replays)} possible repeats (no eid), ${String(published.excused)} events excused`],
    ['dead letters', String(published.deadLetters)],
    ['LOST', String(published.lost)],
    ['DUPLICATED', String(published.duplicated)],
    ['REORDERED', String(published.reordered)],
    ['sequence holes', String(published.sequence)],
    ['wrong ids', String(published.wrongId)],
    ['wrong edges', String(published.edges)],
    ['foreign', String(published.foreign)],
    ['wrong orders', String(published.orders)],
    ['while held back', String(published.held)],
    ['wrong subscr.', String(published.subscriptions)],
    ['polls judged', `${String(acks.judged)} of ${String(report.polls)} (${judgedHow(report)})`],
    ['ACK VIOLATIONS', String(acks.violations)],
    ...[...published.examples, ...acks.examples, ...report.troubles].map((line) => ['!', line] as const),
    ['verdict', report.isGood ? 'good' : 'BAD'],
  ];
  return rows.map(([name, value]) => `${name.padEnd(16)}${value}\n`).join('');
}

function judgedHow({ acknowledgements: { judgedBehind, judgedBlind, judgedLate, undecided } }: ChaosReport): string {
  return [
    `${String(judgedBlind)} while Kafka was away`,
    `${String(judgedBehind)} during a commit`,
    `${String(judgedLate)} at a second look`,
    `${String(undecided)} open at the end`,
  ].join(', ');
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const text = Object.entries(counts).map(([kind, count]) => `${String(count)} ${kind}`);
  return text.length === 0 ? 'none' : text.join(', ');
}
