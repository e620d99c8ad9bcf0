/** A text that stands nowhere else, and every form in which it could come to light. */
interface Planted {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Shorter pieces of an encoding could stand in any text. */
const PIECE_LENGTH_MIN = 10;

/**
 * Secrets that a test plants, and the search for them: as they are, in JSON, XML and addresses, in Base64 at any offset,
 * in hexadecimal, and in UTF-16 as Windows has its texts.
 */
export class PlantedSecrets {
  readonly #planted: Planted[] = [];

  /** @returns the secret. */
  plant(name: string, secret: string): string {
    const utf8 = Buffer.from(secret, 'utf8');
    const utf16 = Buffer.from(secret, 'utf16le');
    const forms = new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      new URLSearchParams({ x: secret }).toString().slice(2),
      xmlOf(secret),
      ...[utf8, utf16].flatMap((bytes) => [bytes.toString('hex'), bytes.toString('latin1'), ...base64Of(bytes)]),
    ]);
    this.#planted.push({ name, forms: [...forms] });
    return secret;
  }

  /** The names of those that stand in a text. */
  in(text: string): readonly string[] {
    return this.#planted.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ name }) => name);
  }

  get names(): readonly string[] {
    return this.#planted.map(({ name }) => name);
  }
}

/** What is the same in Base64 wherever in a longer text the bytes begin. */
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const piece = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    if (piece.length < PIECE_LENGTH_MIN) return [];
    return [piece, piece.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(piece)];
  });
}

function xmlOf(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
