import { once } from 'node:events';
import { parseArgs } from 'node:util';

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
      interrupted.abort(new Error(name));
    });
  }
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  const cluster = await LocalCluster.start({ nodes: values.nodes === '1' ? 1 : 3, log, signal: interrupted.signal });
  process.stdout.write(`${cluster.brokers.join(',')}\n`);
  log(`process ids ${cluster.nodes.map((node) => String(node.pid)).join(', ')}; Ctrl-C ends it`);
  if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort');
  await cluster.stop();
}

await main();
