import { type AvroToJson, AvroUnreadableError, avroToJsonOf } from '../records/schema/avro-to-json.ts';
import { AvscError } from '../records/schema/avsc.ts';
import { type FramedAvro, readFrame } from '../records/schema/wire-format.ts';
import type { SchemaRegistry } from '../registry/schema-registry.ts';

/** The JSON text of a record, or why there is none. */
export type ValueReading =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads values as the bridge writes them, whatever `kafka.format` was at the time: JSON text as it is, Avro in the
 * registry's wire format as the JSON text that it stands for. Each schema is fetched once.
 */
export class ValueReader {
  readonly #registry: Pick<SchemaRegistry, 'schemaOf'> | null;
  /** By schema id; a text says why values of this schema cannot be read. */
  readonly #readers = new Map<number, AvroToJson | string>();

  /** @param registry null if none is configured. */
  constructor(registry: Pick<SchemaRegistry, 'schemaOf'> | null) {
    this.#registry = registry;
  }

  /** @throws {@link RegistryError} if the registry cannot be asked; the signal's reason when it aborts. */
  async read(value: Buffer, signal: AbortSignal): Promise<ValueReading> {
    const frame = readFrame(value);
    if (frame === null) return { kind: 'text', text: value.toString('utf8') };
    const reader = this.#readers.get(frame.schemaId) ?? (await this.#fetch(frame.schemaId, signal));
    return typeof reader === 'string' ? { kind: 'unreadable', reason: reader } : readAvro(frame, reader);
  }

  async #fetch(schemaId: number, signal: AbortSignal): Promise<AvroToJson | string> {
    const reader = await this.#readerOf(schemaId, signal);
    this.#readers.set(schemaId, reader);
    return reader;
  }

  async #readerOf(schemaId: number, signal: AbortSignal): Promise<AvroToJson | string> {
    const what = `its value is Avro of schema ${String(schemaId)}`;
    if (this.#registry === null) return `${what}, and no kafka.schemaRegistry.url is configured`;
    const avsc = await this.#registry.schemaOf(schemaId, signal);
    if (avsc === null) return `${what}, which the schema registry does not have`;
    try {
      return avroToJsonOf(avsc);
    } catch (error) {
      if (error instanceof AvscError) return `${what}, which is no schema of records: ${error.message}`;
      throw error;
    }
  }
}

function readAvro({ body, schemaId }: FramedAvro, reader: AvroToJson): ValueReading {
  try {
    return { kind: 'text', text: reader(body) };
  } catch (error) {
    if (!(error instanceof AvroUnreadableError)) throw error;
    return { kind: 'unreadable', reason: `${error.message} (schema ${String(schemaId)})` };
  }
}
