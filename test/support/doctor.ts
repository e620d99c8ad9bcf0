import { expect } from 'vitest';

import { type DoctorLimits, LIMITS } from '../../src/commands/doctor/limits.ts';
import type { Finding } from '../../src/commands/doctor/section.ts';
import { doctorWith } from '../../src/commands/doctor.ts';
import { runCommand } from './command-line.ts';

/** On a busy machine nothing may look silent that is only slow; a test of silence sets the one limit that it needs. */
const PATIENT = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 30_000])) as unknown as DoctorLimits;

export interface Diagnosis {
  readonly status: number;
  readonly findings: readonly Finding[];
}

/** Runs `doctor` on a configuration file. */
export async function examine(
  file: string,
  args: readonly string[] = [],
  limits: Partial<DoctorLimits> = {},
): Promise<Diagnosis> {
  const outcome = await runCommand(doctorWith({ ...PATIENT, ...limits }), ['--json', '-c', file, ...args]);
  const lines = outcome.stdout.split('\n').filter((line) => line !== '');
  return { status: outcome.status, findings: lines.map((line) => JSON.parse(line) as Finding) };
}

/** The one finding with this code, and proof that nothing else failed. */
export function only(diagnosis: Diagnosis, code: string): Finding {
  const amiss = diagnosis.findings.filter(({ status }) => status === 'failed');
  expect(amiss.map((finding) => finding.code)).toEqual([code]);
  expect(diagnosis.status).toBe(1);
  const [found] = amiss;
  if (found === undefined) throw new Error('nothing failed');
  return found;
}

/** The codes of all warnings. */
export function warningsOf({ findings }: Diagnosis): readonly (string | null)[] {
  return findings.filter(({ status }) => status === 'warning').map(({ code }) => code);
}

export function findingOf({ findings }: Diagnosis, subject: string, check: string): Finding {
  const found = findings.find((finding) => finding.subject === subject && finding.check === check);
  if (found === undefined) throw new Error(`no check ${check} of ${subject} in ${JSON.stringify(findings, null, 2)}`);
  return found;
}
