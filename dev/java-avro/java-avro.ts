import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cacheFolder, fillOnce } from '../kafka/cache-folder.ts';
import { DevelopmentKafkaError } from '../kafka/errors.ts';
import { findJava } from '../kafka/java.ts';
import { runMaven } from '../kafka/maven.ts';

const POM = fileURLToPath(new URL('avro.pom.xml', import.meta.url));
const PROGRAM = fileURLToPath(new URL('AvroJudge.java', import.meta.url));

/** Compiling and running takes 2 seconds, on a busy machine much longer. */
const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Puts questions to Java's Avro: the lines that `AvroJudge.java` describes.
 *
 * @returns its answers, one for each question.
 * @throws {@link DevelopmentKafkaError} if Java or, for the first call on this machine, Maven is missing, or if Avro
 *   throws; then with what it threw.
 */
export async function askJavaAvro(questions: readonly string[]): Promise<readonly string[]> {
  const java = await findJava();
  const jars = await installAvro(process.env);
  const args = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', path.join(jars, '*'), PROGRAM];
  const output = await run(java.command, args, `${questions.join('\n')}\n`);
  return output.trimEnd().split('\n');
}

async function installAvro(env: NodeJS.ProcessEnv): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex')
    .slice(0, 8);
  const jars = path.join(cacheFolder(env), `avro-${digest}`);
  await fillOnce(jars, (temporary) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${temporary}`];
    return runMaven('Avro for Java', ['-f', POM, ...goal], env);
  });
  return jars;
}

function run(command: string, args: readonly string[], input: string): Promise<string> {
  const { promise, reject, resolve } = Promise.withResolvers<string>();
  const options = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, encoding: 'utf8' } as const;
  const child = execFile(command, args, options, (error, stdout, stderr) => {
    if (error === null) resolve(stdout);
    else reject(new DevelopmentKafkaError(`Avro for Java failed: ${stderr.slice(0, 2_000)}`, { cause: error }));
  });
  // It may end before it has read everything; its exit says why.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return promise;
}
