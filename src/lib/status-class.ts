/** What an HTTP status can be made to mean where a server differs from the usual; see `session.statusClasses`. */
export const STATUS_CLASSES = ['transient', 'session-lost', 'ticket-lost', 'wrong-service'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** `STATUS=CLASS`, such as `410=session-lost`, for a status from 300 to 599; null for anything else. */
export function parseStatusClass(text: string): readonly [status: number, statusClass: StatusClass] | null {
  const { status, name } = /^(?<status>[345]\d\d)=(?<name>[a-z-]+)$/.exec(text)?.groups ?? {};
  const statusClass = STATUS_CLASSES.find((known) => known === name);
  return status === undefined || statusClass === undefined ? null : [Number(status), statusClass];
}
