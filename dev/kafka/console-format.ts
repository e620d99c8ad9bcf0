import { randomUUID } from 'node:crypto';

import { DevelopmentKafkaError } from './errors.ts';

/** One record as Kafka's console consumer printed it. */
export interface ConsoleRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch; undefined if the record has none. */
  readonly timestampMs: number | undefined;
  readonly key: string | null;
  /** The bytes: `String(value)` for JSON. Null for a tombstone. */
  readonly value: Buffer | null;
  /** In their order; a name may occur twice. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

/**
 * The marks that the console consumer is told to print between fields, records and headers, and for null.
 *
 * Keys and values are printed as their raw bytes, unescaped. Marks that are drawn anew for each run cannot occur in
 * them, whatever they hold.
 */
export interface ConsoleMarks {
  readonly field: string;
  readonly record: string;
  readonly header: string;
  readonly nothing: string;
}

export function drawMarks(): ConsoleMarks {
  const nonce = randomUUID();
  return { field: `<${nonce}|f>`, record: `<${nonce}|r>`, header: `<${nonce}|h>`, nothing: `<${nonce}|n>` };
}

/** The properties of Kafka's `DefaultMessageFormatter` that make it print what {@link parseRecord} reads. */
export function formatterProperties(marks: ConsoleMarks): readonly string[] {
  return [
    'print.timestamp=true',
    'print.partition=true',
    'print.offset=true',
    'print.headers=true',
    'print.key=true',
    'print.value=true',
    `key.separator=${marks.field}`,
    `line.separator=${marks.record}`,
    `headers.separator=${marks.header}`,
    `null.literal=${marks.nothing}`,
  ];
}

/** Cuts a stream of bytes at each `mark`, which is removed. Bytes behind the last mark are an error at the end. */
export async function* splitAt(chunks: AsyncIterable<Buffer>, mark: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    // A mark may lie across two chunks; nothing before that needs to be searched again.
    let from = Math.max(0, rest.length - mark.length);
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = rest.indexOf(mark, from); at >= 0; at = rest.indexOf(mark, from)) {
      yield rest.subarray(start, at);
      start = at + mark.length;
      from = start;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0)
    throw new DevelopmentKafkaError(`the console consumer broke off inside a record: ${String(rest)}`);
}

/**
 * Reads `CreateTime:<ms> Partition:<n> Offset:<n> <headers> <key> <value>`, with the marks between them.
 *
 * @throws {@link DevelopmentKafkaError} for anything else.
 */
export function parseRecord(topic: string, printed: Buffer, marks: ConsoleMarks): ConsoleRecord {
  const fields = split(printed, marks.field);
  const [timestamp, partition, offset, headers, key, value] = fields;
  if (fields.length !== 6 || !timestamp || !partition || !offset || !headers || !key || !value) {
    throw new DevelopmentKafkaError(`the console consumer printed an unknown form: ${String(printed)}`);
  }
  return {
    topic,
    partition: Number(numberAfter('Partition', partition)),
    offset: BigInt(numberAfter('Offset', offset)),
    timestampMs:
      String(timestamp) === 'NO_TIMESTAMP' ? undefined : Number(numberAfter('(?:Create|LogAppend)Time', timestamp)),
    headers: parseHeaders(headers, marks),
    key: orNull(String(key), marks),
    value: value.equals(Buffer.from(marks.nothing)) ? null : value,
  };
}

function numberAfter(label: string, field: Buffer): string {
  const digits = new RegExp(`^${label}:(\\d+)$`).exec(String(field))?.[1];
  if (digits === undefined)
    throw new DevelopmentKafkaError(`the console consumer printed "${String(field)}" in place of ${label}`);
  return digits;
}

function parseHeaders(field: Buffer, marks: ConsoleMarks): ConsoleRecord['headers'] {
  if (String(field) === 'NO_HEADERS') return [];
  return split(field, marks.header).map((header) => {
    const text = String(header);
    const colon = text.indexOf(':');
    return [text.slice(0, colon), orNull(text.slice(colon + 1), marks)];
  });
}

function orNull(text: string, marks: ConsoleMarks): string | null {
  return text === marks.nothing ? null : text;
}

function split(bytes: Buffer, mark: string): readonly Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + mark.length;
  }
  parts.push(bytes.subarray(start));
  return parts;
}
