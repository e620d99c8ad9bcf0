import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { parse, stringify } from 'yaml';

import { ALL_TOPICS, TOPICS } from '../../src/records/topics/topics.ts';
import type { SimulatedAccount } from '../../src/simulator/options.ts';

const FILE = fileURLToPath(new URL('../../config/demo.yaml', import.meta.url));

/** The part of `config/demo.yaml` that the demo has to know. */
interface DemoFile {
  readonly sites: readonly { readonly name: string }[];
  readonly accounts: readonly (SimulatedAccount & { readonly watch: { readonly users: readonly string[] } })[];
  readonly kafka: { readonly topics: object };
}

/** What differs from run to run. */
export interface RunAddresses {
  readonly installation: string;
  readonly baseUrl: string;
  readonly brokers: readonly string[];
  readonly httpPort: number;
}

/** `config/demo.yaml`, as it stands there and as this run uses it. */
export class DemoConfiguration {
  readonly #file: DemoFile;

  private constructor(file: DemoFile) {
    this.#file = file;
  }

  static async read(): Promise<DemoConfiguration> {
    return new DemoConfiguration(parse(await readFile(FILE, 'utf8')) as DemoFile);
  }

  /** The accounts that the simulator lets in. */
  get accounts(): readonly SimulatedAccount[] {
    return this.#file.accounts.map(({ user, password, uri }) => ({ user, password, uri }));
  }

  /** Everyone who is watched. */
  get users(): readonly string[] {
    return this.#file.accounts.flatMap(({ watch }) => watch.users);
  }

  /**
   * Writes the configuration of this run: the file, with the run's own names and addresses.
   *
   * @returns the file that was written, for `--config`.
   */
  async writeFor({ baseUrl, brokers, httpPort, installation }: RunAddresses, folder: string): Promise<string> {
    const { kafka, sites } = this.#file;
    const run = {
      ...this.#file,
      installation,
      sites: sites.map((site) => ({ ...site, baseUrl })),
      kafka: { ...kafka, brokers, topics: { ...kafka.topics, prefix: prefixOf(installation) } },
      http: { host: '127.0.0.1', port: httpPort },
    };
    const file = path.join(folder, 'bridge.yaml');
    await writeFile(file, stringify(run), { mode: 0o600 });
    return file;
  }
}

export function prefixOf(installation: string): string {
  return `${installation}.`;
}

/** Names of the topics whose records begin with the head. */
export function dataTopicsOf(installation: string): readonly string[] {
  return Object.keys(TOPICS).map((name) => `${prefixOf(installation)}${name}`);
}

/** Names of all topics of an installation. */
export function allTopicsOf(installation: string): readonly string[] {
  const names = Object.values(ALL_TOPICS).map(({ defaultName }) => defaultName);
  return [...names, 'cwa.progress', 'cwa.orders'].map((name) => name.replace(/^cwa\./, prefixOf(installation)));
}
