import { describe, expect, test } from 'vitest';

import { type ChaosOptions, ChaosUsageError, readOptions } from '../../../../dev/chaos/options.ts';
import { makePlan } from '../../../../dev/chaos/plan.ts';

function options(...args: readonly string[]): ChaosOptions {
  const read = readOptions(args, 'drawn');
  if (read === null) throw new Error('help');
  return read;
}

function countsOf(actions: readonly { readonly kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of actions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('the command line', () => {
  test('without options is the acceptance run with a drawn seed', () => {
    expect(options()).toMatchObject({ seed: 'drawn', nodes: 1, events: 100_000, seconds: 720, kills: 100 });
    expect(options()).toMatchObject({ format: 'json', pauses: 20, brokerPauses: 5, brokerKills: 0, leaderMoves: 0 });
  });

  test('with three nodes kills brokers and moves leaders', () => {
    expect(options('--nodes', '3')).toMatchObject({ brokerKills: 10, leaderMoves: 10 });
  });

  test('has operators unless they are left out', () => {
    expect(options('--nodes', '3')).toMatchObject({ orders: 15, watchChanges: 15 });
    expect(options('--orders', '4')).toMatchObject({ orders: 4, watchChanges: 40 });
    expect(options('--no-operators')).toMatchObject({ orders: 0, watchChanges: 0 });
  });

  test.each([
    [['--no-operators', '--orders', '4'], '--no-operators leaves no --orders and no --watch-changes'],
    [['--nodes', '2'], '--nodes must be 1 or 3, not "2"'],
    [['--format', 'xml'], '--format must be json or avro, not "xml"'],
    [['--kills', 'many'], '--kills must be a whole number, not "many"'],
    [['--fault-rate', '2'], '--fault-rate must be a number from 0 to 1, not "2"'],
    [['--broker-kills', '1'], '--broker-kills and --leader-moves need --nodes 3'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('refuses %j', (args, message) => {
    expect(() => options(...args)).toThrow(ChaosUsageError);
    expect(() => options(...args)).toThrow(message);
  });

  test('asks for help', () => {
    expect(readOptions(['--help'], 'drawn')).toBeNull();
  });
});

describe('the plan of a run', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(makePlan(options('--seed', 'tide'))).toEqual(makePlan(options('--seed', 'tide')));
    expect(makePlan(options('--seed', 'tide'))).not.toEqual(makePlan(options('--seed', 'ebb')));
  });

  test('holds everything that was asked for, in the order of the events', () => {
    const { bridge, broker, orders, watch } = makePlan(
      options('--nodes', '3', '--seed', 'tide', '--broker-pauses', '3'),
    );
    expect(countsOf(bridge)).toEqual({ kill: 20, pause: 4 });
    expect(countsOf(broker)).toEqual({ brokerPause: 3, brokerKill: 10, leaderMove: 10 });
    expect(countsOf(orders)).toEqual({ accountPause: 5, accountSignOut: 5, refresh: 5 });
    expect(countsOf(watch)).toEqual({ watchChange: 15 });
    for (const lane of [bridge, broker, orders, watch]) {
      expect(lane.map(({ at }) => at)).toEqual(lane.map(({ at }) => at).toSorted((a, b) => a - b));
    }
  });

  test('does the same to the bridge and to Kafka without operators', () => {
    const { bridge, broker } = makePlan(options('--seed', 'tide'));
    const alone = makePlan(options('--seed', 'tide', '--no-operators'));
    expect(alone).toEqual({ bridge, broker, orders: [], watch: [] });
  });

  test('leaves the last events alone', () => {
    const { bridge } = makePlan(options('--events', '1000'));
    expect(Math.max(...bridge.map(({ at }) => at))).toBeLessThanOrEqual(970);
  });
});
