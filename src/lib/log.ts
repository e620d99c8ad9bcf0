/** Facts of a log line. Never a secret, never what people wrote; the error under `err`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the program tells what it does. The message is constant, the data is in the fields. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
