import type { OutgoingRecord } from '../lib/outgoing-record.ts';

/**
 * A record that would be published, as one line of JSON: `{topic, key, headers, value}`. The value must be JSON text; it
 * has all digits of its numbers, so it must not pass through a JavaScript number.
 */
export function recordLine({ headers, key, topic, value }: OutgoingRecord): string {
  return `{"topic":${JSON.stringify(topic)},"key":${JSON.stringify(key)},"headers":${JSON.stringify(headers)},"value":${String(value)}}`;
}
