import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';

type Colour = 'green' | 'red' | 'yellow';

const LABEL_WIDTH = 15;
/** Between two lines of what is going on when nobody watches it on a terminal. */
const PLAIN_INTERVAL_MS = 3_000;
const CLEAR_LINE = '\r\u001b[2K';
/** A terminal that does not tell its width is taken for this wide. */
const DEFAULT_COLUMNS = 80;

/**
 * What the demo shows: rows of a label and a text, and below them one live line that is rewritten in place. Where the
 * output is no terminal the live line becomes a plain one every few seconds.
 */
export class Screen {
  readonly #stream: WriteStream;
  #isLive = false;
  #lastPlainAt = Number.NEGATIVE_INFINITY;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  title(text: string): void {
    this.#print(`\n${this.#style('bold', text)}\n`);
  }

  /** One row; further lines of `text` are aligned below the first. */
  row(label: string, text: string): void {
    const indent = ' '.repeat(LABEL_WIDTH + 2);
    const [first = '', ...more] = text.split('\n');
    this.#print(`  ${this.#style('dim', label.padEnd(LABEL_WIDTH))}${first}`);
    for (const line of more) this.#print(line === '' ? '' : `${indent}${line}`);
  }

  /** An empty line, to set things apart. */
  gap(): void {
    this.#print('');
  }

  /**
   * What is going on, most important first.
   *
   * @param segments pieces of one line; the last ones are left out where the terminal is too narrow.
   */
  live(segments: readonly string[]): void {
    if (this.#stream.isTTY) {
      const shown = fitting(segments, (this.#stream.columns || DEFAULT_COLUMNS) - 1);
      this.#stream.write(`${CLEAR_LINE}${shown}`);
      this.#isLive = true;
      return;
    }
    const now = performance.now();
    if (now - this.#lastPlainAt < PLAIN_INTERVAL_MS) return;
    this.#lastPlainAt = now;
    this.#print(fitting(segments, Number.POSITIVE_INFINITY));
  }

  /** Leaves the live line as it is now and goes on below it. */
  settle(segments: readonly string[]): void {
    this.#lastPlainAt = Number.NEGATIVE_INFINITY;
    this.live(segments);
    if (this.#isLive) this.#stream.write('\n');
    this.#isLive = false;
  }

  verdict(colour: Colour, text: string): void {
    this.#print(`\n  ${this.#style(colour, text)}\n`);
  }

  #print(text: string): void {
    if (this.#isLive) this.#stream.write(CLEAR_LINE);
    this.#isLive = false;
    this.#stream.write(`${text}\n`);
  }

  /** Plain text where the stream is no terminal or `NO_COLOR` is set. */
  #style(format: Colour | 'bold' | 'dim', text: string): string {
    return styleText(format, text, { stream: this.#stream, validateStream: true });
  }
}

/** As many segments, from the first on, as the width takes. */
function fitting(segments: readonly string[], width: number): string {
  let line = ` ${segments[0] ?? ''}`;
  for (const segment of segments.slice(1)) {
    if (line.length + segment.length + 3 > width) break;
    line += `   ${segment}`;
  }
  return line.slice(0, width);
}
