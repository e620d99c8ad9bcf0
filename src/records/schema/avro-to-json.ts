import { BridgeError } from '../../lib/errors.ts';
import { AvscError, type AvroType, parseAvsc } from './avsc.ts';
import { jsonString } from './json-string.ts';

/** Bytes are not what the schema says. */
export class AvroUnreadableError extends BridgeError {
  constructor(message: string) {
    super(`the Avro value ${message}`, { code: 'avro-unreadable', disposition: 'fatal' });
  }
}

/** Makes the JSON text of an Avro binary. @throws {@link AvroUnreadableError} */
export type AvroToJson = (body: Buffer) => string;

/**
 * Makes the reader of what was written with an `.avsc`: it gives the JSON text that the bridge would have published
 * instead, byte for byte. It reads by the writer's schema alone, so that fields which a newer or older version has are
 * kept; nothing is resolved against a schema of this program.
 *
 * @throws {@link AvscError} if the schema is not like one of a record.
 */
export function avroToJsonOf(avsc: string): AvroToJson {
  const read = readerOf(parseAvsc(avsc), new Map());
  return (body) => {
    const input = new Input(body);
    const json = read(input);
    if (!input.isAtEnd) throw new AvroUnreadableError('is longer than its schema says');
    return json;
  };
}

type Read = (input: Input) => string;

/** `readers` holds those of records that were met before, by name. */
function readerOf(type: AvroType, readers: Map<string, Read>): Read {
  switch (type.kind) {
    case 'null':
      return () => 'null';
    case 'boolean':
      return (input) => (input.byte() === 0 ? 'false' : 'true');
    case 'int':
    case 'long':
      return (input) => String(input.long());
    case 'string':
      return (input) => jsonString(input.string());
    case 'array':
      return arrayReader(readerOf(type.items, readers));
    case 'union':
      return unionReader(type.branches.map((branch) => readerOf(branch, readers)));
    case 'record': {
      const known = readers.get(type.name);
      if (known !== undefined) return known;
      const fields: Read[] = [];
      const read: Read = (input) => `{${fields.map((field) => field(input)).join(',')}}`;
      readers.set(type.name, read);
      for (const field of type.fields) {
        const label = `${JSON.stringify(field.name)}:`;
        const value = readerOf(field.type, readers);
        fields.push((input) => label + value(input));
      }
      return read;
    }
    case 'float':
    case 'double':
    case 'bytes':
      throw new AvscError(`${type.kind} is no type that records have`);
  }
}

function unionReader(branches: readonly Read[]): Read {
  return (input) => {
    const index = Number(input.long());
    const branch = branches[index];
    if (branch === undefined) throw new AvroUnreadableError(`has a union with branch ${String(index)}`);
    return branch(input);
  };
}

/** Blocks of items; a negative count is followed by the block's size in bytes. An empty block ends the array. */
function arrayReader(item: Read): Read {
  return (input) => {
    const items: string[] = [];
    for (let count = Number(input.long()); count !== 0; count = Number(input.long())) {
      if (count < 0) input.long();
      for (let left = Math.abs(count); left > 0; left -= 1) items.push(item(input));
    }
    return `[${items.join(',')}]`;
  };
}

/** Seven bits a byte: 64 bits need ten. */
const LONG_BYTES_MAX = 10;

/** The bytes of one value, read once from the front. */
class Input {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#position];
    if (value === undefined) throw new AvroUnreadableError('ends too early');
    this.#position += 1;
    return value;
  }

  /** A number while that is exact, else a bigint. */
  long(): number | bigint {
    let zigzag = 0n;
    for (let index = 0; index < LONG_BYTES_MAX; index += 1) {
      const byte = this.byte();
      zigzag |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        const value = BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      }
    }
    throw new AvroUnreadableError('has a number of more than 64 bits');
  }

  string(): string {
    const length = Number(this.long());
    const end = this.#position + length;
    if (length < 0 || end > this.#bytes.length) throw new AvroUnreadableError('has a text longer than itself');
    const text = this.#bytes.toString('utf8', this.#position, end);
    this.#position = end;
    return text;
  }
}
