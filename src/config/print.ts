import { stringify } from 'yaml';
import type { BridgeConfiguration } from './configuration.ts';
import { MASK, Secret } from './secret.ts';

/** The effective configuration as YAML: defaults filled in, URIs normalised, secrets masked. */
export function printConfiguration(configuration: BridgeConfiguration): string {
  const plain = JSON.parse(JSON.stringify(configuration, maskSecret)) as unknown;
  return stringify(plain, { lineWidth: 0 });
}

/** A secret shows where it comes from, which helps, and never what it is. */
function maskSecret(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (!(original instanceof Secret)) return value;
  return original.file === null ? MASK : `${MASK} from ${original.file}`;
}
