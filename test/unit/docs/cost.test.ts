import { describe, expect, it } from 'vitest';
import { adaptive, BUSY, byTick, continuous, secretsOf, totalOf } from '../../scripts/cost/cost.ts';
import { CONTINUOUS_BUSY, CONTINUOUS_IDLE, LOOK } from '../../scripts/cost/figures.ts';
import { pricesIn, REGIONS } from '../../scripts/cost/prices.ts';
import { SOURCE_TABLES } from '../../support/memory-world.ts';
import { ScheduledWorld } from '../../support/scheduled-world.ts';

const MINUTE = 60_000;
const READS = new Set(['store.watch', 'store.isDropped']);

/** Reads and writes that workers ask of the store from one minute to another. */
function asked({ busy, begunAt }: ScheduledWorld, from: number, to: number): { reads: number; writes: number } {
  const calls = busy.calls.filter(({ call, at }) => {
    const time = at - begunAt;
    return call.startsWith('store.') && time >= from * MINUTE && time < to * MINUTE;
  });
  const reads = calls.filter(({ call }) => READS.has(call)).length;
  return { reads, writes: calls.length - reads };
}

async function scheduled(options: ConstructorParameters<typeof ScheduledWorld>[0]): Promise<ScheduledWorld> {
  const world = new ScheduledWorld(options);
  await world.busy.world.createTask();
  return world;
}

describe('the figures of docs/cost.md', () => {
  it.each(['tick', 'adaptive'] as const)('are those of an idle task in mode %s', async (mode) => {
    const world = await scheduled({ mode, idleAfterMs: MINUTE });
    await world.minutes(12);
    await world.end();
    expect(asked(world, 2, 12)).toEqual({ reads: 10 * LOOK.reads, writes: 10 * LOOK.writes });
  });

  it('are those of an idle continuous task', async () => {
    const world = await scheduled({ mode: 'continuous' });
    await world.minutes(8);
    await world.end();
    const { reads, writes } = asked(world, 2, 7);
    // A real worker is a little slower than one in virtual time.
    expect(Math.abs(reads / 5 - CONTINUOUS_IDLE.reads)).toBeLessThanOrEqual(1);
    expect(writes / 5).toBeCloseTo(CONTINUOUS_IDLE.writes, 0);
  });

  it('are not exceeded by a continuous task with a window after the other', async () => {
    const world = await scheduled({ mode: 'continuous', transactionRows: 100 });
    const [table = { database: '', table: '' }] = SOURCE_TABLES;
    for (let at = MINUTE; at < 2 * MINUTE; at += 100) {
      world.busy.write(at, () => {
        world.busy.world.source.put(table, '1', String(at));
      });
    }
    await world.minutes(2);
    await world.end();
    const { reads, writes } = asked(world, 1, 2);
    expect(world.times('sink.batch.commit').length).toBeGreaterThan(500);
    expect(writes).toBeLessThanOrEqual(CONTINUOUS_BUSY.writes);
    expect(reads).toBeLessThanOrEqual(CONTINUOUS_BUSY.reads);
  });
});

describe('the costs of docs/cost.md', () => {
  const prices = pricesIn('us-east-1');

  it('are at most 100 dollars a month for 100 idle adaptive tasks, secrets of their own included', () => {
    expect(totalOf(adaptive(prices, 0))).toBe(totalOf(byTick(prices)));
    expect(100 * totalOf(adaptive(prices, 0)) + secretsOf(prices, 100)).toBeLessThanOrEqual(100);
  });

  it.each(REGIONS)('rise in %s with work, time awake and memory', (region) => {
    const here = pricesIn(region);
    expect(Object.values(here).every((price) => price > 0)).toBe(true);
    const bills = [byTick(here), adaptive(here, 0.1), adaptive(here, 0.5), continuous(here), continuous(here, BUSY)];
    const totals = bills.map(totalOf);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(totalOf(continuous(here, { memoryMb: 512 }))).toBeLessThan(totalOf(continuous(here)));
  });

  it('do not rise with the number of windows beyond one a second, apart from the log', () => {
    const [few, many] = [1, 36].map((windows) => continuous(prices, { ...BUSY, windows }));
    expect(many?.store).toBe(few?.store);
    expect(many?.compute).toBe(few?.compute);
  });
});
