import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cacheFolder, fillOnce } from './cache-folder.ts';
import { type Java, findJava } from './java.ts';
import { runMaven } from './maven.ts';

const POM = fileURLToPath(new URL('kafka.pom.xml', import.meta.url));
const LOG_CONFIGURATION = fileURLToPath(new URL('log4j2.properties', import.meta.url));

/** Apache Kafka's jars and a Java that runs them. */
export interface KafkaInstallation {
  readonly java: Java;
  /** Explicit and sorted, because a class-data archive is tied to the exact class path. */
  readonly classPath: string;
  /** Where the class-data archive for this Java and these jars lies, or will lie. */
  readonly archive: string;
}

/**
 * Apache Kafka from its Maven artifacts, downloaded by the first call on this machine and cached afterwards; then
 * Maven is not needed any more.
 *
 * @throws {@link DevelopmentKafkaError} if Java or, for the first call, Maven or the network is missing.
 */
export async function installKafka(
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KafkaInstallation> {
  const java = await findJava(env);
  const pom = await readFile(POM, 'utf8');
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1] ?? 'unknown';
  const digest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const folder = path.join(cacheFolder(env), `kafka-${version}-${digest}`);
  const jars = path.join(folder, 'jars');
  await fillOnce(jars, async (temporary) => {
    log(`downloading Apache Kafka ${version} with Maven into ${folder} (once)`);
    await download(temporary, env);
  });
  const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
  return {
    java,
    classPath: names.map((name) => path.join(jars, name)).join(path.delimiter),
    archive: path.join(folder, `java-${java.version}.jsa`),
  };
}

/**
 * Arguments for one of Kafka's main classes: a small, quickly started JVM that leaves no files of its own behind.
 *
 * C1 only and the serial collector halve the start and save 60 MB a node; throughput is not the purpose.
 */
export function javaArguments(
  kafka: KafkaInstallation,
  mainClass: string,
  options: { readonly heapMiB: number; readonly flags?: readonly string[] },
): readonly string[] {
  return [
    `-Xmx${String(options.heapMiB)}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-XX:+ExitOnOutOfMemoryError',
    ...(options.flags ?? [`-XX:SharedArchiveFile=${kafka.archive}`, '-Xlog:disable', '-Xlog:all=error:stderr']),
    `-Dlog4j2.configurationFile=${LOG_CONFIGURATION}`,
    '-cp',
    kafka.classPath,
    mainClass,
  ];
}

async function download(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${target}`];
  await runMaven('Apache Kafka', ['-f', POM, ...goal], env);
}
