import avro from 'avsc';

/** Zero, then the id of the schema in four bytes. */
const FRAME_BYTES = 5;

/**
 * Reads values as any consumer of Avro does: by the id in front of a value the schema that the registry itself hands
 * out, and by that the value with avsc. Nothing here shares code with the bridge.
 */
export class AvroValues {
  readonly #registryUrl: string;
  readonly #types = new Map<number, avro.Type>();

  /** @param registryUrl base address of an API like Confluent's. */
  constructor(registryUrl: string) {
    this.#registryUrl = registryUrl;
  }

  /**
   * The JSON text of a value.
   *
   * @throws {Error} for what is no Avro of a schema in the registry, and for numbers beyond 2^53.
   */
  async textOf(value: Buffer): Promise<string> {
    if (value.length < FRAME_BYTES || value[0] !== 0)
      throw new Error(`a value is no Avro: it begins with ${value.subarray(0, 16).toString('hex')}`);
    const type = await this.#typeOf(value.readUInt32BE(1));
    return JSON.stringify(type.fromBuffer(value.subarray(FRAME_BYTES)));
  }

  async #typeOf(id: number): Promise<avro.Type> {
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    const response = await fetch(`${this.#registryUrl}/schemas/ids/${String(id)}`);
    if (!response.ok) throw new Error(`the registry gave no schema ${String(id)}: status ${String(response.status)}`);
    const { schema } = (await response.json()) as { readonly schema: string };
    const type = avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
    this.#types.set(id, type);
    return type;
  }
}
