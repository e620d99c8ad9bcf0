import process from 'node:process';

/**
 * Ctrl-C, and the other ways in which a terminal or a supervisor asks a program to end. The first request aborts
 * `signal`; further ones change nothing, because the end is under way already.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #gentle: AbortController | null = null;

  constructor() {
    process.on('SIGINT', () => this.#ctrlC());
    for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.#abort(name));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets the next Ctrl-C abort the returned signal alone: it then ends one part of the program and not the whole. */
  expectCtrlC(): AbortSignal {
    this.#gentle = new AbortController();
    return this.#gentle.signal;
  }

  #ctrlC(): void {
    const gentle = this.#gentle;
    this.#gentle = null;
    if (gentle === null) this.#abort('SIGINT');
    else gentle.abort();
  }

  #abort(name: NodeJS.Signals): void {
    this.#controller.abort(new Error(`${name} received`));
  }
}
