import type { BridgeConfiguration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { systemClock } from '../lib/clock.ts';
import { BridgeError } from '../lib/errors.ts';
import { createLogger } from '../observability/log.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { type DoctorLimits, LIMITS } from './doctor/limits.ts';
import { jsonLines, summary, table } from './doctor/report.ts';
import { type DoctorOptions, runDoctor } from './doctor/run-doctor.ts';
import type { Finding } from './doctor/section.ts';

const OPTIONS = {
  ...CONFIG_OPTION,
  account: { type: 'string' },
  site: { type: 'string' },
  'no-sign-in': { type: 'boolean' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export const doctor: Command = doctorWith(LIMITS);

/** The command with other limits, for tests. */
export function doctorWith(limits: DoctorLimits): Command {
  return {
    name: 'doctor',
    summary: 'tries each step for real, and names cause and remedy',
    help: `Usage: cwa-bridge doctor [--config FILE]… [--account ID | --site NAME] [--no-sign-in] [--force] [--json]

Tries what \`run\` will do, step by step: names, ports, TLS, paths and clocks of the sites; a sign-in, a session, a poll
and a sign-out of each account; the brokers, SASL, topics and rights of Kafka; what the progress topic says about shards
and sealing keys; the schema registry; the rights of secret files. It writes nothing to Kafka. An account is signed in
once at most, and not where a refusal would use up the sign-in budget of \`run\`.

${CONFIG_HELP}
      --account ID    Only this account and its site; Kafka in any case.
      --site NAME     Only this site and its accounts; Kafka in any case.
      --no-sign-in    Leave the accounts alone.
      --force         Sign in also where the budget says no, or is not known: this may lock the account.
      --json          One JSON object a line: {check, subject, status, code, cause, remedy}.

Exit status: 0 nothing failed, 1 something failed, 2 invalid configuration or usage.
`,
    async run(args, io) {
      const { values } = readArguments(args, OPTIONS);
      const show = (findings: readonly Finding[]): void => {
        io.stdout.write(values.json === true ? jsonLines(findings) : table(findings));
        io.stderr.write(summary(findings));
      };
      const { configuration, problems } = await loadConfiguration({ files: values.config ?? [], env: io.env });
      if (configuration === null) {
        show(problems.map(findingOf));
        return 2;
      }
      const options = optionsOf(configuration, values);
      try {
        const findings = await runDoctor(configuration, options, worldOf(limits, io));
        show(findings);
        return findings.some(({ status }) => status === 'failed') ? 1 : 0;
      } catch (error) {
        // A secret that was there when the configuration was read, and is gone now.
        if (!(error instanceof BridgeError)) throw error;
        io.stderr.write(`cwa-bridge doctor: ${error.message}\n`);
        return 1;
      }
    },
  };
}

function worldOf(limits: DoctorLimits, { signal, stderr }: CommandIo) {
  return { limits, clock: systemClock, log: createLogger({ level: 'silent', destination: stderr }), signal };
}

interface Chosen {
  readonly account?: string | undefined;
  readonly site?: string | undefined;
  readonly 'no-sign-in'?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** @throws {@link UsageError} if there is no such account or site. */
function optionsOf({ accounts, sites }: BridgeConfiguration, chosen: Chosen): DoctorOptions {
  const { account: accountId, site: siteName } = chosen;
  if (siteName !== undefined && !sites.some(({ name }) => name === siteName)) {
    throw new UsageError(`there is no site "${siteName}"; the sites are ${sites.map(({ name }) => name).join(', ')}`);
  }
  const tried = accounts.filter(
    ({ id, site }) => (accountId === undefined || id === accountId) && (siteName === undefined || site === siteName),
  );
  if (accountId !== undefined && tried.length === 0) {
    const where = siteName === undefined ? '' : ` at site "${siteName}"`;
    throw new UsageError(`there is no account "${accountId}"${where}`);
  }
  return {
    accounts: tried,
    sites: sites.filter(({ name }) =>
      accountId === undefined ? siteName === undefined || name === siteName : tried.some(({ site }) => site === name),
    ),
    isSignInAllowed: chosen['no-sign-in'] !== true,
    isForced: chosen.force === true,
  };
}

/** What `check` would say. */
function findingOf({ message, path, remedy, source, value }: Problem): Finding {
  const found = `${value === null ? '' : ` (found ${value})`}${source === null ? '' : ` [${source}]`}`;
  return {
    check: 'check',
    subject: 'configuration',
    status: 'failed',
    code: 'configuration-invalid',
    cause: `${path}: ${message}${found}`,
    remedy: `write ${remedy}`,
  };
}
