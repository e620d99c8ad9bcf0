import pino from 'pino';
import type { Log, LogFields } from '../lib/log.ts';

/** The whole logger; who only writes lines takes the narrower {@link Log}. */
export interface Logger extends Log {
  trace(fields: LogFields, message: string): void;
  /** The process cannot go on. */
  fatal(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Fields of every line, such as the installation and the replica. */
  readonly base?: LogFields;
  /** Where lines go; standard error if it is left out. */
  readonly destination?: { write(line: string): void };
}

/** Keys whose values are secrets wherever they stand; compared without case, `-` and `_`. */
const SECRET_KEY =
  /^(cwaticket|tickets?|cookies?|setcookie|passwords?|passwd|passphrase|secrets?|authorization|proxyauthorization|signindata|sealed|sealingkeys?|pseudonymkeys?|credentials?|sasl)$/;

/** How deep fields are searched for secrets; what lies deeper is not written at all. */
const DEPTH_MAX = 8;

/**
 * A logger that writes one JSON object a line. Lines go to standard error, so that standard output is left to the
 * output of commands.
 *
 * Secrets are kept out by key, as the second line of defence: the first is that nobody passes one. pino's own
 * redaction takes a fixed list of paths; here a ticket is found wherever it stands, also inside an error's context.
 */
export function createLogger({ level, base, destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: base === undefined ? {} : (withoutSecrets(base) as Record<string, unknown>),
    timestamp: pino.stdTimeFunctions.isoTime,
    // pino's own form of an error leaves out the context of a cause; `withoutSecrets` has made one already.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => withoutSecrets(fields) as Record<string, unknown>,
    },
  };
  // Synchronous: the last lines before a crash are the ones that are needed.
  return maskingChildren(pino(options, destination ?? pino.destination({ dest: 2, sync: true })));
}

/** pino does not send the fields of a child through the formatters of its parent. */
function maskingChildren(logger: pino.Logger): Logger {
  return {
    trace: (fields, message) => logger.trace(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    fatal: (fields, message) => logger.fatal(fields, message),
    child: (fields) => maskingChildren(logger.child(withoutSecrets(fields) as Record<string, unknown>)),
  };
}

/** A copy in which every value under a secret's key is masked, and errors are plain objects. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  if (value instanceof Date || 'toJSON' in value) return value;
  const copy: Record<string, unknown> = {};
  if (value instanceof Error) Object.assign(copy, { name: value.name, message: value.message, stack: value.stack });
  if (value instanceof Error && value.cause !== undefined) copy.cause = withoutSecrets(value.cause, depth + 1);
  for (const [key, item] of Object.entries(value)) {
    copy[key] = isSecretKey(key) ? '[secret]' : withoutSecrets(item, depth + 1);
  }
  return copy;
}

function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/[-_]/g, '').toLowerCase());
}
