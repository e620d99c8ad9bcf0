import process from 'node:process';

import { runDaemon } from '../daemon/daemon.ts';
import { BridgeError } from '../lib/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../observability/log.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { configurationFor } from './configuration.ts';

export const run: Command = {
  name: 'run',
  summary: 'the daemon: keeps the sessions and publishes their events',
  help: `Usage: cwa-bridge run [--config FILE]…

Keeps the session of every configured account and publishes its events to Kafka, until SIGTERM or SIGINT, which lets
what is under way finish within shutdown.timeoutMs. SIGHUP has watch files read again at once. Logs go
to standard error, one JSON object a line.

${CONFIG_HELP}

HTTP: /metrics for Prometheus, /livez, /readyz, /status.

Exit status: 0 ended as asked, 1 failed, 2 invalid configuration.
`,
  async run(args, io) {
    const { values } = readArguments(args, CONFIG_OPTION);
    const configuration = await configurationFor(values.config ?? [], io);
    if (configuration === null) return 2;
    const {
      installation,
      log: { level },
    } = configuration;
    const log = createLogger({ level, base: { installation }, destination: io.stderr });
    let reload = (): void => undefined;
    const hangUp = (): void => {
      reload();
    };
    const onReload = (listener: () => void): void => {
      reload = listener;
    };
    // Without a listener SIGHUP would end the process.
    process.on('SIGHUP', hangUp);
    try {
      await runDaemon(configuration, { log, clock: systemClock, random: Math.random, onReload }, io.signal);
      return 0;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      log.fatal({ err: error, code: error.code }, 'the bridge cannot go on');
      return 1;
    } finally {
      process.off('SIGHUP', hangUp);
    }
  },
};
