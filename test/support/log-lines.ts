import { until } from './until.ts';

/** One line of the bridge's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Log lines as they come, whole or in pieces. */
export class LogLines {
  #text = '';

  write(text: string): void {
    this.#text += text;
  }

  /** Everything, as it was written. */
  get text(): string {
    return this.#text;
  }

  get lines(): readonly LogLine[] {
    return linesOf(this.#text);
  }

  withMessage(msg: string): readonly LogLine[] {
    return this.lines.filter((line) => line.msg === msg);
  }

  /** Waits for a line with this message. */
  find(msg: string): Promise<LogLine> {
    return until(`the log says "${msg}"`, () => this.withMessage(msg)[0], { describe: () => this.#text });
  }
}

/** The complete lines of a text that are JSON; others are words of the runtime. */
export function linesOf(text: string): readonly LogLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}
