import { type Column, table } from '../lib/text-table.ts';
import type { AccountReport, Report, TopicReport } from './report.ts';
import type { Violation } from './violation.ts';

/** The report in words and columns, for people. Ends with a line feed. */
export function formatReport(report: Report): string {
  const sections = [table(TOPIC_COLUMNS, report.topics)];
  if (report.accounts.length > 0) sections.push(table(ACCOUNT_COLUMNS, report.accounts));
  if (report.unjudged > 0) {
    sections.push(
      `Not judged: ${counted(report.unjudged, 'sequence number')} that may have been on records older than what was read.\n`,
    );
  }
  if (report.violations.length > 0) sections.push(report.violations.map((violation) => lineOf(violation)).join(''));
  return `${sections.join('\n')}\n${verdictOf(report)}\n`;
}

const TOPIC_COLUMNS: readonly Column<TopicReport>[] = [
  { title: 'TOPIC', isNumber: false, text: ({ topic }) => topic },
  { title: 'RECORDS', isNumber: true, text: ({ records }) => String(records) },
  { title: 'BYTES', isNumber: true, text: ({ bytes }) => String(bytes) },
];

const ACCOUNT_COLUMNS: readonly Column<AccountReport>[] = [
  { title: 'ACCOUNT', isNumber: false, text: ({ accountId }) => accountId },
  { title: 'GENERATIONS', isNumber: true, text: ({ generations }) => String(generations) },
  { title: 'RECORDS', isNumber: true, text: ({ records }) => String(records) },
  { title: 'FIRST', isNumber: true, text: ({ first }) => positionText(first) },
  { title: 'LAST', isNumber: true, text: ({ last }) => positionText(last) },
  { title: 'GAPS', isNumber: true, text: ({ gapsOpened }) => String(gapsOpened) },
  { title: 'CLOSED', isNumber: true, text: ({ gapsClosed }) => String(gapsClosed) },
  { title: 'VIOLATIONS', isNumber: true, text: ({ violations }) => String(violations) },
];

/** Generation and sequence: `1790000000/17`. */
function positionText(position: AccountReport['first']): string {
  return position === null ? '-' : `${String(position.generation)}/${String(position.sequence)}`;
}

function lineOf({ kind, topic, partition, offset, message }: Violation): string {
  const place = topic === null ? '' : ` ${topic}/${String(partition)} at offset ${String(offset)}:`;
  return `${kind}:${place} ${message}\n`;
}

function verdictOf({ counts, isFlawless, records }: Report): string {
  if (isFlawless)
    return `Flawless: ${counted(records, 'record')}, none lost, none twice, all in order, all gaps closed.`;
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  const kinds = found.map(([kind, count]) => `${String(count)} ${kind}`).join(', ');
  return `Not as promised: ${counted(total, 'violation')} in ${counted(records, 'record')}: ${kinds}.`;
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
