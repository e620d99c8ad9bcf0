import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { DevelopmentKafkaError } from './errors.ts';

const run = promisify(execFile);

/** Apache Kafka 4 brokers are compiled for this version. */
const LOWEST_MAJOR = 17;

export interface Java {
  /** Path or name of the program. */
  readonly command: string;
  /** As `java -version` spells it, such as `17.0.15`. */
  readonly version: string;
}

/**
 * The Java of `JAVA_HOME`, else the one on the PATH.
 *
 * @throws {@link DevelopmentKafkaError} if there is none, or it is older than 17.
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<Java> {
  const command = env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const output = await run(command, ['-version'], { env }).catch((error: unknown) => {
    throw new DevelopmentKafkaError(`Java ${String(LOWEST_MAJOR)} or newer is needed, and "${command}" does not run`, {
      cause: error,
    });
  });
  const version = /version "([^"]+)"/.exec(output.stderr)?.[1] ?? '';
  if (!(Number.parseInt(version, 10) >= LOWEST_MAJOR)) {
    const found = version === '' ? 'of unknown version' : version;
    throw new DevelopmentKafkaError(`Java ${String(LOWEST_MAJOR)} or newer is needed, and "${command}" is ${found}`);
  }
  return { command, version };
}
