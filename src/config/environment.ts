import type { Problem } from './problem.ts';
import { settingsOf } from './setting.ts';
import type { Section, Setting } from './setting.ts';
import { suggest } from './suggestion.ts';

export const ENVIRONMENT_PREFIX = 'CWA_BRIDGE_';

/** The variable of a setting: `kafka.requestTimeoutMs` is `CWA_BRIDGE_KAFKA_REQUEST_TIMEOUT_MS`. */
export function environmentNameOf(path: string): string {
  const words = path.replaceAll('.', '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return ENVIRONMENT_PREFIX + words.toUpperCase();
}

/** Variable name → setting, for every setting of the schema. */
export function environmentOf(
  section: Section,
): ReadonlyMap<string, { readonly path: string; readonly setting: Setting }> {
  const names = new Map<string, { path: string; setting: Setting }>();
  for (const [path, setting] of settingsOf(section)) names.set(environmentNameOf(path), { path, setting });
  return names;
}

/**
 * The variables that are ours. Kubernetes puts variables of its own into every pod (`CWA_BRIDGE_PORT=tcp://…` for a
 * service called `cwa-bridge`): they look like ours and are not meant for us.
 *
 * Source: Kubernetes documentation, "Service: environment variables".
 */
export function ownVariables(env: Readonly<NodeJS.ProcessEnv>): Readonly<Record<string, string>> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && name.startsWith(ENVIRONMENT_PREFIX) && !isServiceLink(name, value)) own[name] = value;
  }
  return own;
}

function isServiceLink(name: string, value: string): boolean {
  if (/_SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?$/.test(name)) return true;
  if (/_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true;
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value);
}

/** Variables with our prefix that name no setting. */
export function unknownVariables(own: Readonly<Record<string, string>>, section: Section): readonly Problem[] {
  const known = environmentOf(section);
  return Object.keys(own)
    .filter((name) => !known.has(name))
    .map((name) => {
      const meant = suggest(name, known.keys());
      return {
        path: name,
        message: 'is no known environment variable',
        remedy: meant === null ? 'one that docs/configuration.md names, or remove it' : `${meant}, or remove it`,
        value: null,
        source: 'environment',
      };
    });
}
