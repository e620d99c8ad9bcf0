import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { messageOf } from '../lib/errors.ts';
import { bodyOf, type Exchange } from './exchange.ts';
import type { Restart } from './fault-replies.ts';
import { readFaults } from './fault-reader.ts';
import type { World } from './world.ts';

/** Everything that is not CWA is below this path. */
export const CONTROL_PATH = '/_simulator/';

/** Answers the simulator's own resources: ledger, stats, faults, restart. See `docs/simulator.md`. */
export async function serveControl(world: World, exchange: Exchange, restart: Restart): Promise<void> {
  const { request, response, url } = exchange;
  const what = `${request.method ?? ''} ${url.pathname.slice(CONTROL_PATH.length)}`;
  switch (what) {
    case 'GET ledger':
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
      await pipeline(Readable.from(world.ledger.export()), response);
      return;
    case 'GET stats':
      json(exchange, 200, {
        ...world.stats,
        sessionsLive: world.registry.all().length,
        faultsStruck: world.faults.strikes,
        changesLeft: world.changesLeft, // null stands for no total: JSON has no infinity
      });
      return;
    case 'GET faults':
      json(exchange, 200, world.faults.list());
      return;
    case 'POST faults':
      await armFaults(world, exchange);
      return;
    case 'DELETE faults':
      world.faults.clear();
      json(exchange, 200, []);
      return;
    case 'POST changes':
      createChanges(world, exchange);
      return;
    case 'POST restart':
      await restart(0);
      return;
    default:
      json(exchange, 404, {
        error: `There is no ${what} here. Known: GET ledger, stats, faults; POST faults, changes, restart; DELETE faults.`,
      });
  }
}

async function armFaults(world: World, exchange: Exchange): Promise<void> {
  try {
    const specs = readFaults(JSON.parse(await bodyOf(exchange)) as unknown, 'body');
    json(
      exchange,
      200,
      specs.map((spec) => world.faults.arm(spec)),
    );
  } catch (error) {
    json(exchange, 400, { error: messageOf(error) });
  }
}

function createChanges(world: World, exchange: Exchange): void {
  const { searchParams } = exchange.url;
  const account = searchParams.get('account') ?? world.options.accounts[0]?.uri ?? '';
  const count = Number(searchParams.get('count'));
  if (Number.isInteger(count) && count > 0) json(exchange, 200, { created: world.createChanges(account, count) });
  else json(exchange, 400, { error: 'count is missing or not a whole number from 1: write changes?count=1000.' });
}

function json({ response }: Exchange, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(value)}\n`);
}
