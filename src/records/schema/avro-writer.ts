/** Where a record begins to be written; it grows, and is not kept larger than the second between records. */
const BYTES_AT_FIRST = 16 * 1024;
const BYTES_KEPT = 1024 * 1024;

/** Beyond this a number times two is no longer exact, so its zigzag form is made of a bigint. */
const EXACT_MAX = 2 ** 52;
/** The longest variable-length integer: 64 bits, seven a byte. */
const LONG_BYTES_MAX = 10;

/**
 * The primitive types of Avro's binary encoding, written one after the other into one buffer.
 * https://avro.apache.org/docs/1.12.0/specification/#binary-encoding
 */
export class AvroWriter {
  #buffer = Buffer.allocUnsafe(BYTES_AT_FIRST);
  #length = 0;

  /** Forgets what was written. */
  begin(): void {
    this.#length = 0;
    if (this.#buffer.length > BYTES_KEPT) this.#buffer = Buffer.allocUnsafe(BYTES_AT_FIRST);
  }

  /** A copy of what was written since {@link begin}. */
  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  /** One byte, 0 to 255. */
  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  /** Four bytes, the highest first. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  /** An int or a long: zigzag, then seven bits a byte, the lowest first. A number must be a safe integer. */
  long(value: number | bigint): void {
    this.#reserve(LONG_BYTES_MAX);
    if (typeof value === 'number' && Math.abs(value) < EXACT_MAX) this.#zigzag(value);
    else this.#bigZigzag(BigInt(value));
  }

  /** Length in bytes, then UTF-8. A surrogate that stands alone has no UTF-8: it becomes U+FFFD. */
  string(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.long(bytes);
    this.#reserve(bytes);
    this.#length += this.#buffer.write(text, this.#length, bytes, 'utf8');
  }

  #zigzag(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest > 0x7f) {
      this.#buffer[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length] = rest;
    this.#length += 1;
  }

  #bigZigzag(value: bigint): void {
    let rest = value < 0n ? -2n * value - 1n : 2n * value;
    while (rest > 0x7fn) {
      this.#buffer[this.#length] = Number(rest & 0x7fn) | 0x80;
      this.#length += 1;
      rest >>= 7n;
    }
    this.#buffer[this.#length] = Number(rest);
    this.#length += 1;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
