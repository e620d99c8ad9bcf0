import type { BridgeConfiguration } from '../config/configuration.ts';
import type { HttpSources, ProbeVerdict } from '../http/server.ts';
import { version } from '../lib/version.ts';
import type { Heartbeats } from '../observability/heartbeat.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Account } from './account.ts';
import type { KafkaWatch } from './kafka-watch.ts';
import type { Shards } from './shards.ts';

export interface PageParts {
  readonly configuration: BridgeConfiguration;
  readonly metrics: Metrics;
  readonly heartbeats: Heartbeats;
  readonly shards: Shards;
  readonly kafkaWatch: KafkaWatch;
  /** Grows while the daemon starts. */
  readonly accounts: readonly Account[];
}

/** What the HTTP server of the daemon shows. */
export function pagesOf(parts: PageParts): HttpSources {
  const { accounts, configuration, heartbeats, metrics, shards } = parts;
  return {
    metrics: () => {
      metrics.heartbeatAge.set({}, heartbeats.longestSilenceSeconds());
      return metrics.render();
    },
    metricsContentType: metrics.contentType,
    isLive: () => heartbeats.verdict(),
    isReady: () => readiness(parts),
    status: () => ({
      version: version(),
      installation: configuration.installation,
      shards: shards.statuses,
      accounts: accounts.map((account) => account.status()),
    }),
  };
}

/** Owns its shards and Kafka answers (design §5). A dead CWA server is no reason to say no. */
function readiness({ kafkaWatch, shards }: PageParts): ProbeVerdict {
  const reasons = shards.statuses
    .filter(({ state }) => state !== 'claimed')
    .map(({ lastErrorCode, shard, state }) => {
      return `Shard ${String(shard)} is ${state}${lastErrorCode === null ? '' : ` (${lastErrorCode})`}.`;
    });
  if (kafkaWatch.failureCode !== null) reasons.push(`Kafka does not answer (${kafkaWatch.failureCode}).`);
  return { ok: reasons.length === 0, reasons };
}
