import type { PlanSettings } from '../bridge/plans/plan.ts';
import { type DocumentLimits, DEFAULT_DOCUMENT_LIMITS } from '../cwa/documents/document-limits.ts';
import { type ExactObject, isExactObject, parseExactJson } from '../lib/exact-json.ts';
import { pseudonymKeysOf } from '../daemon/bridge-settings.ts';
import { normalizeUri } from '../records/uri.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';
import { readExpected } from './expectation/read-expected.ts';
import { reportOn } from './expectation/report.ts';
import { configuredSettings, normalizeSettings } from './normalize-settings.ts';
import { type ChannelName, Normalizer } from './normalizer.ts';

export const normalize: Command = {
  name: 'normalize',
  summary: 'prints the records that HTTP bodies would become',
  help: `Usage: cwa-bridge normalize [OPTION]… [FILE]…

Reads HTTP bodies of the CWA server, one a file, or one from standard input, and prints what would be published, one
JSON object a line: {topic, key, headers, value}. The bodies are taken for answers of one session, in this order, so
an event that comes again is published once. Problems go to standard error. Values are printed as JSON also where the
configuration says Avro.

      --channel CHANNEL      data (cwaEvents, the default) or command (cwaResponses).
      --received-at TIME     ISO 8601; the time of receipt of all of them. Default now.
      --account URI          The account that saw them. Default sip:account@example.invalid.
      --installation NAME    Default cwa-bridge. Part of every id, like the two below.
      --site NAME            Default site.
      --account-id ID        Default account; with --config, which of its accounts (default the only one).
      --raw                  Fill the raw field with the event's XML.

Names of topics, privacy and limits are the defaults, or those of a configuration. With one, --account, --installation,
--site and --raw are given by it.

${CONFIG_HELP}

Mappings can be kept under test:

      --expect FILE          Print no records, but where they differ from those in FILE: one JSON object a line, such
                             as an earlier output. Give --received-at, or the times differ.
      --subset               With --expect: fields that FILE leaves out are not compared, at any depth. Lists must
                             have all their elements, and every record must be there.

Exit status: 0 done, 1 a document was refused (the others still go out) or records are not as expected, 2 usage.
`,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS, { allowPositionals: true });
    if (values.subset === true && values.expect === undefined) throw new UsageError('--subset needs --expect FILE');
    const channel = channelOf(values.channel);
    const now = timeOf(values['received-at']);
    const expected = values.expect === undefined ? null : await readExpected(values.expect);
    const chosen = await chosenSettings(values, io);
    if (chosen === null) return 2;
    const context = { settings: chosen.settings, now, newId: () => 'gap', claim: 0 };
    const normalizer = new Normalizer({ context, limits: chosen.limits, channel }, io);
    const files = positionals.length === 0 ? ['-'] : positionals;
    if (expected === null) {
      const isComplete = await normalizer.all(files, (line) => io.stdout.write(`${line}\n`));
      return isComplete ? 0 : 1;
    }
    const actual: ExactObject[] = [];
    const isComplete = await normalizer.all(files, (line) => actual.push(recordOf(line)));
    const report = reportOn(expected, actual, values.subset === true);
    (report.isAsExpected ? io.stderr : io.stdout).write(report.text);
    return isComplete && report.isAsExpected ? 0 : 1;
  },
};

const OPTIONS = {
  ...CONFIG_OPTION,
  account: { type: 'string' },
  channel: { type: 'string' },
  'received-at': { type: 'string' },
  installation: { type: 'string' },
  site: { type: 'string' },
  'account-id': { type: 'string' },
  raw: { type: 'boolean' },
  expect: { type: 'string' },
  subset: { type: 'boolean' },
} as const;

interface Choice {
  readonly config?: readonly string[];
  readonly account?: string;
  readonly installation?: string;
  readonly site?: string;
  readonly 'account-id'?: string;
  readonly raw?: boolean;
}

interface ChosenSettings {
  readonly settings: PlanSettings;
  readonly limits: DocumentLimits;
}

/** What a configuration decides, and options must not decide otherwise. */
const CONFIGURED = ['account', 'installation', 'site', 'raw'] as const;

/** @returns null if the configuration is not valid. */
async function chosenSettings(choice: Choice, io: CommandIo): Promise<ChosenSettings | null> {
  if (choice.config === undefined) return { settings: settingsOf(choice), limits: DEFAULT_DOCUMENT_LIMITS };
  const twice = CONFIGURED.find((name) => choice[name] !== undefined);
  if (twice !== undefined) throw new UsageError(`--${twice} is given by the configuration; leave one of the two out`);
  const configuration = await configurationFor(choice.config, io);
  if (configuration === null) return null;
  return {
    settings: configuredSettings(configuration, choice['account-id'], await pseudonymKeysOf(configuration)),
    limits: { ...DEFAULT_DOCUMENT_LIMITS, ...configuration.limits },
  };
}

function settingsOf(choice: Choice): PlanSettings {
  return normalizeSettings({
    installation: choice.installation ?? 'cwa-bridge',
    site: choice.site ?? 'site',
    accountId: choice['account-id'] ?? 'account',
    accountUri: accountUriOf(choice.account ?? 'sip:account@example.invalid'),
    includeRaw: choice.raw === true,
  });
}

function recordOf(line: string): ExactObject {
  const json = parseExactJson(line);
  return isExactObject(json) ? json : {};
}

function timeOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new UsageError(`--received-at "${text}" is not a time; write it as 2009-03-02T08:15:00Z`);
  return time;
}

function channelOf(text = 'data'): ChannelName {
  if (text === 'data' || text === 'command') return text;
  throw new UsageError(`--channel "${text}" is neither data nor command`);
}

function accountUriOf(text: string): string {
  const { uri } = normalizeUri(text);
  if (uri === null) throw new UsageError(`--account "${text}" is no URI; write it as sip:name@domain`);
  return uri;
}
