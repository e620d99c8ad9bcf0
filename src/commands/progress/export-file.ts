import { parseProgress } from '../../bridge/progress/account-progress.ts';
import { BridgeError } from '../../lib/errors.ts';
import { partitionOf } from '../../lib/murmur2.ts';
import { parseUserState } from '../../records/state/user-state.ts';
import { ownerOfKey } from '../../bridge/progress/progress-key.ts';

/** What the first line of an export says. */
export interface ExportHead {
  readonly installation: string;
  readonly shards: number;
  /** ISO 8601. */
  readonly at: string;
}

/** One record of the progress topic. */
export interface ExportedRecord {
  readonly shard: number;
  readonly key: string;
  /** Verbatim. */
  readonly value: string;
}

const FORMAT_VERSION = 1;
const KIND = 'cwa-bridge progress';

/** The file holds something else than what an export writes. */
class ExportFormatError extends BridgeError {
  constructor(message: string, cause?: unknown) {
    super(`The file cannot be imported: ${message}. Nothing was written.`, {
      code: 'export-format',
      disposition: 'fatal',
      cause,
    });
  }
}

export function headLine(head: ExportHead): string {
  return JSON.stringify({ kind: KIND, formatVersion: FORMAT_VERSION, ...head });
}

export function recordLine(record: ExportedRecord): string {
  return JSON.stringify(record);
}

/**
 * Reads an export, all of it, and looks into every record: what a bridge could not read is not imported. Claims are left
 * out, because they say who publishes in the cluster that the file came from.
 *
 * @throws {@link ExportFormatError}
 * @throws {@link ProgressFormatError}, {@link UserStateFormatError} for a record that this version cannot read.
 */
export function parseExport(text: string): { readonly head: ExportHead; readonly records: readonly ExportedRecord[] } {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const head = headOf(first);
  const records = lines.map((line, index) => recordOf(line, index + 2, head.shards));
  return { head, records: records.filter(({ key }) => ownerOfKey(key) !== null) };
}

function headOf(line: string): ExportHead {
  const { at, formatVersion, installation, kind, shards } = objectOf(line, 1);
  if (kind !== KIND) throw new ExportFormatError('its first line is not that of cwa-bridge progress export');
  if (typeof formatVersion !== 'number' || formatVersion > FORMAT_VERSION) {
    throw new ExportFormatError(
      `its format is ${JSON.stringify(formatVersion)}; import it with the version that wrote it`,
    );
  }
  if (typeof installation !== 'string' || typeof shards !== 'number') {
    throw new ExportFormatError('its first line has no installation or no shards');
  }
  return { installation, shards, at: String(at) };
}

function recordOf(line: string, number: number, shards: number): ExportedRecord {
  const { key, shard, value } = objectOf(line, number);
  if (typeof key !== 'string' || typeof value !== 'string' || typeof shard !== 'number') {
    throw new ExportFormatError(`line ${String(number)} has no shard, key or value`);
  }
  const owner = ownerOfKey(key);
  if (owner === null) return { shard, key, value };
  const { accountId, kind } = owner;
  if (partitionOf(accountId, shards) !== shard) {
    throw new ExportFormatError(`line ${String(number)}: "${key}" is not of shard ${String(shard)}`);
  }
  if (kind === 'account') parseProgress(accountId, value);
  else parseUserState(key, value);
  return { shard, key, value };
}

function objectOf(line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new ExportFormatError(`line ${String(number)} is no JSON`, cause);
  }
  throw new ExportFormatError(`line ${String(number)} is no JSON object`);
}
