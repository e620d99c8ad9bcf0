import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { textOf } from './errors.ts';
import { LocalCluster } from './local-cluster.ts';

const USAGE = `Usage: node dev/kafka/main.ts [--nodes 1|3]

Starts a local Apache Kafka for trials, prints its brokers and runs until Ctrl-C. Its data go away with it.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { nodes: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (values.nodes !== '1' && values.nodes !== '3') {
    process.stderr.write(`--nodes must be 1 or 3, not "${values.nodes}"\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      interrupted.abort(name);
    });
  }
  await serve(values.nodes === '1' ? 1 : 3, interrupted.signal);
}

/** Runs a cluster until the signal aborts, also during its start. */
async function serve(nodes: 1 | 3, signal: AbortSignal): Promise<void> {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  try {
    const cluster = await LocalCluster.start({ nodes, log, signal });
    log(`process ids ${cluster.nodes.map((node) => String(node.pid)).join(', ')}; Ctrl-C ends it`);
    process.stdout.write(`${cluster.brokers.join(',')}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    await cluster.stop();
  } catch (error) {
    if (signal.aborted) return;
    log(textOf(error));
    process.exitCode = 1;
  }
}

await main();
