import { unreachable } from '../../lib/assert.ts';
import type { Finding } from './section.ts';
import type { Status } from './verdict.ts';

/** One JSON object a line, for programs. */
export function jsonLines(findings: readonly Finding[]): string {
  return findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
}

/**
 * For people: a line for each check, and below it what to do, where there is something to do.
 *
 *     site hq          tls       FAILED     …
 *                                           → …
 */
export function table(findings: readonly Finding[]): string {
  const subjects = widest(findings.map(({ subject }) => subject));
  const checks = widest(findings.map(({ check }) => check));
  const marks = widest(findings.map(({ status }) => markOf(status)));
  const indent = ' '.repeat(subjects + checks + marks + 6);
  let before = '';
  const lines = findings.map(({ cause, check, code, remedy, status, subject }) => {
    const name = subject === before ? '' : subject;
    before = subject;
    const head = [name.padEnd(subjects), check.padEnd(checks), markOf(status).padEnd(marks)].join('  ');
    const named = code === null || status === 'not-tried' ? cause : `${code}: ${cause}`;
    return `${head}  ${named}\n${remedy === null ? '' : `${indent}→ ${remedy}\n`}`;
  });
  return lines.join('');
}

/** How many there are of each. */
export function summary(findings: readonly Finding[]): string {
  const count = (status: Status): string => String(findings.filter((finding) => finding.status === status).length);
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed, ${count('not-tried')} not tried.\n`;
}

function markOf(status: Status): string {
  switch (status) {
    case 'ok':
      return 'ok';
    case 'warning':
      return 'WARNING';
    case 'failed':
      return 'FAILED';
    case 'not-tried':
      return 'not tried';
    default:
      return unreachable(status);
  }
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
