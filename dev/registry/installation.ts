import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder, fillOnce } from '../kafka/cache-folder.ts';
import { type Java, findJava } from '../kafka/java.ts';
import { runMaven } from '../kafka/maven.ts';

const run = promisify(execFile);

/** The newest of the 3.0 line, which Java 17 runs; 3.3 wants a newer Java. */
const VERSION = '3.0.9';
const ARTIFACT = 'apicurio-registry-app';

/** Apicurio Registry, unpacked, and a Java that runs it. */
export interface RegistryInstallation {
  readonly java: Java;
  /** The jar to run; the others lie beside it in `lib`. */
  readonly jar: string;
}

/**
 * Apicurio Registry from its Maven archive, downloaded and unpacked by the first call on this machine (110 MB) and
 * cached afterwards beside the jars of Kafka.
 *
 * @throws {@link DevelopmentKafkaError} if Java or, for the first call, Maven or the network is missing.
 */
export async function installRegistry(
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RegistryInstallation> {
  const java = await findJava(env);
  const folder = path.join(cacheFolder(env), `apicurio-${VERSION}`);
  await fillOnce(folder, async (temporary) => {
    log(`downloading Apicurio Registry ${VERSION} with Maven into ${folder} (once)`);
    await mkdir(temporary);
    await unpack(temporary, env);
  });
  return { java, jar: path.join(folder, `${ARTIFACT}-${VERSION}-runner.jar`) };
}

async function unpack(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const archives = path.join(path.dirname(folder), 'archive');
  const artifact = `io.apicurio:${ARTIFACT}:${VERSION}:tar.gz:all`;
  const args = ['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${archives}`];
  await runMaven('Apicurio Registry', args, env);
  for (const name of await readdir(archives))
    await run('tar', ['xzf', path.join(archives, name), '-C', folder], { env });
}
