import { avroSchemaOf } from './avro.ts';
import { parseAvsc } from './avsc.ts';
import { type Incompatibility, incompatibilities } from './compatibility.ts';
import type { RecordSchema } from './schema.ts';

/** A schema as this program has it. */
export interface CurrentSchema {
  readonly schema: RecordSchema;
  /** Counts every change of the schema. */
  readonly version: number;
}

/** A schema that consumers may have met. */
export interface ReleasedSchema {
  readonly version: number;
  /** The text of its `.avsc`. */
  readonly avsc: string;
}

/** Why a schema must not be published beside a released one. */
export interface GateFinding extends Incompatibility {
  /** The released one. */
  readonly version: number;
}

/**
 * The gate between a schema and what was released of it (BACKWARD_TRANSITIVE): it must read what was written with any
 * of them. And a version has one meaning: a changed schema has a higher version than all released ones; only `doc`
 * may change without.
 *
 * @returns everything that is wrong, by released version.
 * @throws {@link AvscError} if a released schema cannot be read.
 */
export function gateFindings(current: CurrentSchema, released: readonly ReleasedSchema[]): readonly GateFinding[] {
  const text = JSON.stringify(avroSchemaOf(current.schema));
  const newer = parseAvsc(text);
  return released.flatMap(({ avsc, version }) => {
    const findings = [
      ...versionFindings(current.version, text, version, avsc),
      ...incompatibilities(newer, parseAvsc(avsc)),
    ];
    return findings.map((finding) => ({ version, ...finding }));
  });
}

function versionFindings(
  currentVersion: number,
  currentAvsc: string,
  version: number,
  avsc: string,
): readonly Incompatibility[] {
  if (version < currentVersion) return [];
  if (version > currentVersion) {
    const change = `has version ${String(currentVersion)}, and ${String(version)} was released`;
    return [{ path: '', change, consequence: 'records say a version that they do not have; raise it' }];
  }
  if (withoutDoc(currentAvsc) === withoutDoc(avsc)) return [];
  const change = `was changed and still has version ${String(version)}`;
  return [{ path: '', change, consequence: 'two schemas go by one version; raise it' }];
}

function withoutDoc(avsc: string): string {
  return JSON.stringify(
    JSON.parse(avsc, (key, value: unknown) => (key === 'doc' && typeof value === 'string' ? undefined : value)),
  );
}
