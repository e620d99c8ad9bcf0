import { environmentNameOf } from '../../src/config/environment.ts';
import { SCHEMA, SECTION_DOCS } from '../../src/config/schema.ts';
import { isSetting, settingsOf } from '../../src/config/setting.ts';
import type { Section, Setting } from '../../src/config/setting.ts';
import { generatedNotice, table } from './markdown.ts';

const INTRODUCTION = `# Configuration

Configuration is read once at start: first the files given with \`--config\`, in order (YAML, JSON or JSON5; mappings are
merged key by key, lists and values of a later file replace those of an earlier one), then the environment, which wins.

* \`cwa-bridge check --config FILE\` lists every problem with its path and what to write instead; \`--print\` shows the
  effective configuration with secrets masked. Unknown keys and unknown \`CWA_BRIDGE_…\` variables are problems.
* A list of texts in the environment has commas between them. A list of mappings (\`sites\`, \`accounts\`,
  \`sealing.keys\`) is written there as one JSON5 array.
* Secrets are never taken from the command line. Each can be a file (\`…File\`), which is read again at each use.
* A key without a value is a key that is not set. Times are milliseconds, sizes bytes.
* Variables that Kubernetes makes for services (\`CWA_BRIDGE_PORT=tcp://…\`) are not taken for settings.

[config/bridge.example.yaml](../config/bridge.example.yaml) shows every key in its place.`;

/** The reference of all settings, from the schema. */
export function configurationPage(): string {
  const parts = [generatedNotice('`src/config/schema.ts`'), INTRODUCTION];
  for (const [key, node] of Object.entries<Setting | Section>(SCHEMA)) {
    const doc = SECTION_DOCS[key as keyof typeof SCHEMA];
    parts.push(`## ${key}`, doc, settingsTable(isSetting(node) ? { [key]: node } : node, isSetting(node) ? '' : key));
    for (const [path, setting] of isSetting(node) ? [[key, node] as const] : settingsOf(node, key)) {
      if (setting.children === undefined) continue;
      parts.push(`Each item of \`${path}\`:`, itemsTable(setting.children, `${path}[]`));
    }
  }
  return `${parts.join('\n\n')}\n`;
}

function settingsTable(section: Section, prefix: string): string {
  const rows = [...settingsOf(section, prefix)].map(([path, setting]) => [
    `\`${path}\``,
    `\`${environmentNameOf(path)}\``,
    formatText(setting),
    defaultText(setting),
    meaning(setting),
  ]);
  return table(['Key', 'Environment', 'Value', 'Default', 'Meaning'], rows);
}

/** Items of lists have no variables of their own. */
function itemsTable(section: Section, prefix: string): string {
  const rows = [...settingsOf(section, prefix)].map(([path, setting]) => [
    `\`${path}\``,
    formatText(setting),
    defaultText(setting),
    meaning(setting),
  ]);
  return table(['Key', 'Value', 'Default', 'Meaning'], rows);
}

function meaning(setting: Setting): string {
  return setting.sensitive === true ? `**Secret.** ${setting.doc}` : setting.doc;
}

function defaultText(setting: Setting): string {
  if (setting.required === true) return '**required**';
  if (setting.default === null) return 'not set';
  return `\`${typeof setting.default === 'string' ? setting.default : JSON.stringify(setting.default)}\``;
}

const FORMAT_TEXTS: Readonly<Record<Setting['format'], string>> = {
  text: 'text',
  path: 'path',
  identifier: 'name',
  topic: 'topic name',
  topicPrefix: 'text',
  url: 'address',
  flag: '`true` or `false`',
  count: 'number',
  port: 'port',
  milliseconds: 'milliseconds',
  bytes: 'bytes',
  texts: 'list of texts',
  brokers: 'list of `host:port`',
  choice: '',
  list: 'list of mappings',
};

function formatText(setting: Setting): string {
  if (setting.choices !== undefined) return setting.choices.map((choice) => `\`${choice}\``).join(', ');
  const { min, max } = setting;
  const range = min === undefined ? '' : max === undefined ? `, from ${min}` : `, ${min} to ${max}`;
  return FORMAT_TEXTS[setting.format] + range;
}
