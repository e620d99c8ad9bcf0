import { BridgeError } from '../lib/errors.ts';

/** What is wrong between us and the schema registry. */
export type RegistryFault =
  /** It does not answer, or not as a registry does. */
  | 'registry-away'
  /** Its certificate is not one that we trust. */
  | 'registry-untrusted'
  /** It does not let us in. */
  | 'registry-denied'
  /** The schema breaks the subject's rule of compatibility. */
  | 'schema-incompatible'
  /** The subject or the schema is not registered. */
  | 'schema-unknown'
  /** Anything else that it has against a request. */
  | 'registry-refused';

/** The schema registry cannot be used. A person has to act: the registry is asked at the start and by commands only. */
export class RegistryError extends BridgeError {
  declare readonly code: RegistryFault;

  constructor(message: string, fault: RegistryFault, context: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, { code: fault, disposition: 'fatal', context, cause });
  }
}

/** What a registry says when it refuses. https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors */
export interface Refusal {
  readonly status: number;
  /** Null if the answer was not that of a registry. */
  readonly errorCode: number | null;
  /** In its own words; empty if there are none. */
  readonly reason: string;
}

const SUBJECT_NOT_FOUND = 40401;
const SCHEMA_NOT_FOUND = 40403;

/** Turns a refusal into the error that says what to do. `what` names the request, such as `registering x at y`. */
export function refusalError(
  what: string,
  refusal: Refusal,
  context: Readonly<Record<string, unknown>>,
): RegistryError {
  const fault = faultOf(refusal);
  const { reason, status } = refusal;
  const said = reason === '' ? `status ${String(status)}` : `status ${String(status)}, ${reason}`;
  return new RegistryError(`Schema registry: ${what} was refused (${said}). ${REMEDIES[fault]}`, fault, {
    ...context,
    status,
  });
}

function faultOf({ errorCode, status }: Refusal): RegistryFault {
  if (status === 401 || status === 403) return 'registry-denied';
  if (status === 409) return 'schema-incompatible';
  if (errorCode === SUBJECT_NOT_FOUND || errorCode === SCHEMA_NOT_FOUND) return 'schema-unknown';
  if (status === 404 || status >= 500 || errorCode === null) return 'registry-away';
  return 'registry-refused';
}

export const REMEDIES: Readonly<Record<RegistryFault, string>> = {
  'registry-away':
    'Look whether it runs and whether kafka.schemaRegistry.url has the right address and path (such as /apis/ccompat/v7).',
  'registry-untrusted':
    'The certificate must be from an authority in kafka.schemaRegistry.caFile (PEM; not set: those of Node.js), for the name in kafka.schemaRegistry.url, and not expired.',
  'registry-denied':
    'Look at kafka.schemaRegistry.username and passwordFile, and whether this user may read, or register, this subject.',
  'schema-incompatible':
    'Another version wrote to this topic. Compare its schema with "cwa-bridge schemas", or write to new topics (kafka.topics.prefix).',
  'schema-unknown':
    'Register it (the text is printed by "cwa-bridge schemas"), or set kafka.schemaRegistry.autoRegister to true.',
  'registry-refused': 'Its reason says what it has against the request.',
};
