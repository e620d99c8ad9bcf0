import { setTimeout as delay } from 'node:timers/promises';

import type { LedgerEvent } from '../../src/simulator/ledger.ts';
import { type BridgeCounts, NOTHING_YET, readCounts } from './bridge-metrics.ts';
import { prefixOf } from './configuration.ts';
import { Figures } from './figures.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 250;
/** Without any movement for so long something is broken. */
const STANDSTILL_MS = 60_000;

/**
 * Shows the events flow until the simulator has none left and all of them are acknowledged, which the bridge does only
 * after Kafka has committed them; or until `stopped` aborts.
 *
 * @throws if nothing moves for a minute, and the stage's reason when its signal aborts.
 */
export async function watchFlow(stage: Stage, screen: Screen, stopped: AbortSignal | null): Promise<void> {
  const { httpUrl, installation, signal, simulator } = stage;
  const figures = new Figures(prefixOf(installation));
  const acknowledged = new Acknowledged(simulator.ledger.events);
  let counts: BridgeCounts = NOTHING_YET;
  let movedAt = performance.now();
  let before = '';
  for (;;) {
    counts = (await readCounts(`${httpUrl}/metrics`, signal)) ?? counts;
    const { eventsCreated, eventsHandedOver } = simulator.stats;
    const waiting = eventsCreated - acknowledged.count();
    figures.take({ atMs: performance.now(), handedOver: eventsHandedOver, waiting, counts });
    const isOver = simulator.changesLeft === 0 && waiting === 0;
    if (isOver || stopped?.aborted === true) break;
    screen.live(figures.segments());
    const now = `${String(eventsHandedOver)} ${String(waiting)}`;
    if (now !== before) movedAt = performance.now();
    before = now;
    if (performance.now() - movedAt > STANDSTILL_MS)
      throw new Error(`nothing has moved for ${String(STANDSTILL_MS / 1000)} s; ${String(waiting)} events wait`);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  screen.settle(figures.segments());
}

/** Counts acknowledged events of a growing ledger without looking at the old ones again and again. */
class Acknowledged {
  readonly #events: readonly LedgerEvent[];
  /** Everything before it is acknowledged. */
  #first = 0;

  constructor(events: readonly LedgerEvent[]) {
    this.#events = events;
  }

  count(): number {
    while (isAcknowledged(this.#events[this.#first])) this.#first += 1;
    let count = this.#first;
    for (let index = this.#first; index < this.#events.length; index += 1) {
      if (isAcknowledged(this.#events[index])) count += 1;
    }
    return count;
  }
}

function isAcknowledged(event: LedgerEvent | undefined): boolean {
  return event !== undefined && event.acknowledgedAt !== null;
}
