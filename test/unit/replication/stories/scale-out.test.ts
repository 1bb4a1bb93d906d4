import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { loadersFor } from '../../../../lib/replication/load/call-loaders.ts';
import { LANES } from '../../../../lib/replication/load/load-table.ts';
import { fewerRanges, rowsPerChunk } from '../../../../lib/replication/chunks/chunk-sizes.ts';
import type { Gate } from '../../../support/gate.ts';
import { A, B, LoadWorld } from '../../../support/load-world.ts';

const CHUNK_TIME = 10_000;
const CHUNKS = 960;

/** How many chunks are under way, at most, and how many were loaded by whom. */
function slow(world: LoadWorld, time: number) {
  const seen = { now: 0, most: 0, chunks: 0 };
  const gate: Gate = async (call, when) => {
    if (call !== 'sink.loadChunk') return;
    if (when === 'after') {
      seen.now -= 1;
      return;
    }
    seen.chunks += 1;
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await world.clock.sleep(time);
  };
  return { gate, seen };
}

async function timed(loadWorkers: number): Promise<{ time: number; most: number; orders: number }> {
  const world = new LoadWorld({ loadWorkers });
  world.fill(CHUNKS);
  await world.createTask();
  const { gate, seen } = slow(world, CHUNK_TIME);
  world.loaderGate = () => gate;
  const began = world.clock.now();
  let loaded = 0;
  await world.run(async (call, when) => {
    if (call === 'sink.forgetChunks' && when === 'before') loaded = world.clock.now();
    await gate(call, when);
  }, 36_000_000);
  await world.settled();
  expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  expect(world.errors).toEqual([]);
  // Each chunk once, and table b has one without rows.
  expect(seen.chunks).toBe(CHUNKS + 1);
  return { time: loaded - began, most: seen.most, orders: world.orders.length };
}

describe('a large load', () => {
  it('takes a fraction of the time with several workers, each chunk being loaded once', async () => {
    const alone = await timed(1);
    expect(alone.orders).toBe(0);
    expect(alone.time).toBeGreaterThanOrEqual((CHUNKS / LANES) * CHUNK_TIME);
    for (const workers of [2, 4, 8, 16]) {
      const { time, most } = await timed(workers);
      // At the end somebody may have one more than others.
      expect(time / alone.time, `${workers} workers`).toBeGreaterThanOrEqual(1 / workers);
      expect(time / alone.time, `${workers} workers`).toBeLessThan(1.15 / workers);
      expect(most).toBe(workers * LANES);
    }
  }, 60_000);

  it('has no more workers than the task allows, however often orders are delivered', async () => {
    const world = new LoadWorld({ loadWorkers: 3 });
    world.fill(200);
    await world.createTask();
    world.deliveries = () => [0, 0, 1_000, 40_000];
    const { gate, seen } = slow(world, CHUNK_TIME);
    world.loaderGate = () => gate;
    await world.run(gate, 36_000_000);
    await world.settled();
    expect(seen.most).toBe(3 * LANES);
    expect(new Set(world.orders.map(({ place }) => place))).toEqual(new Set([1, 2]));
    expect(world.reports.map(({ outcome }) => outcome)).toContain('taken');
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });

  it('goes on without loaders that cannot be started', async () => {
    const world = new LoadWorld({ loadWorkers: 4 });
    world.fill(100);
    await world.createTask();
    world.deliveries = () => {
      throw new Error('Rate exceeded');
    };
    expect((await world.run(undefined, 600_000)).rowsLoaded).toBe(100);
    expect(world.logged.filter((line) => line.startsWith('load.no-loader')).join()).toContain('Rate exceeded');
    expect((await world.task()).error).toBeUndefined();
  });

  it('calls loaders again in the place of those that never came, or are gone', async () => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(200);
    await world.createTask();
    world.deliveries = () => (world.orders.length < 3 ? [] : [0]);
    const { gate } = slow(world, CHUNK_TIME);
    world.loaderGate = () => gate;
    await world.run(gate, 36_000_000);
    await world.settled();
    expect(world.orders.length).toBeGreaterThanOrEqual(3);
    expect(world.reports.some(({ chunks }) => chunks > 0)).toBe(true);
  });

  it('calls less and less often for loaders that the platform never starts', async () => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(CHUNKS);
    await world.createTask();
    world.deliveries = () => [];
    const { gate } = slow(world, CHUNK_TIME);
    await world.run(gate, 36_000_000);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    // Each of them would end in the queue of failed runs: 320 in these 80 minutes, once in 15 seconds.
    expect(world.orders.length).toBeGreaterThan(15);
    expect(world.orders.length).toBeLessThan(30);
  });

  it('loads what a loader has claimed that died or froze, and lets the sleeper change nothing', async () => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(100);
    await world.createTask();
    const held = Promise.withResolvers<undefined>();
    let frozen = false;
    const { gate } = slow(world, 1_000);
    // It sleeps as a whole: nor does it renew its place.
    world.loaderGate = (loader) => async (call, when) => {
      if (call === 'sink.loadChunk' && when === 'before' && loader === 1) frozen = true;
      if (frozen && loader === 1) await held.promise;
      else await gate(call, when);
    };
    await world.run(gate, 36_000_000);
    expect(frozen).toBe(true);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    held.resolve(undefined);
    await world.settled();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.sink.chunks.size + world.sink.places.size).toBe(0);
  });

  it('is loaded on by others while the worker that called them is gone, until another takes over', async () => {
    const world = new LoadWorld({ loadWorkers: 3 });
    world.fill(300);
    await world.createTask();
    const { gate } = slow(world, CHUNK_TIME);
    world.loaderGate = () => gate;
    let dead = false;
    await world
      .run(async (call, when) => {
        if (dead) throw new Error('The process is dead.');
        await gate(call, when);
        dead = call === 'sink.loadChunk' && when === 'after' && world.sinkRows(A).length > 50;
      }, 36_000_000)
      .catch(() => undefined);
    const before = world.sinkRows(A).length;
    await world.clock.sleep(60_000);
    expect(world.sinkRows(A).length).toBeGreaterThan(before);
    await world.run(gate, 36_000_000);
    await world.settled();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(new Set(world.orders.map(({ key }) => key.epoch))).toEqual(new Set([1, 2]));
  });

  it.each(['pause', 'drop', 'restart'] as const)('ends in all workers within seconds of a %s', async (what) => {
    const world = new LoadWorld({ loadWorkers: 4 });
    world.fill(1_000);
    await world.createTask();
    const { gate } = slow(world, 500);
    world.loaderGate = () => gate;
    const ended: number[] = [];
    const running = world.run(gate, 36_000_000);
    await world.clock.sleep(20_000);
    const asked = world.clock.now();
    const loaded = world.sinkRows(A).length;
    expect(loaded).toBeGreaterThan(50);
    if (what === 'pause') await world.store.setDesired('t', 'paused');
    if (what === 'drop') await world.store.drop('t');
    if (what === 'restart') world.deliveries = () => [];
    if (what === 'restart') await world.store.restart('t');
    void world.settled().then(() => ended.push(world.clock.now()));
    await running;
    await world.settled();
    expect(ended[0]).toBeLessThan(asked + 5_000);
    if (what === 'restart') expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    if (what === 'drop') expect(world.sink.fences.size + world.sink.chunks.size + world.sink.places.size).toBe(0);
    if (what === 'pause') {
      await world.store.setDesired('t', 'running');
      await world.run(gate, 36_000_000);
      await world.settled();
      expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    }
  });

  it('sets a bad table aside, also while loaders meet the error, and copies the others', async () => {
    const world = new LoadWorld({ loadWorkers: 3, tableErrors: 'ignore' });
    world.fill(100, 100);
    world.sink.refuses = (table, [id]) =>
      table.name.table === 'b' && Number(id) > 40 ? new CdcError('SINK_ROW_REJECTED', 'Too long.') : undefined;
    await world.createTask();
    const { gate } = slow(world, 1_000);
    world.loaderGate = () => gate;
    await world.run(gate, 36_000_000);
    await world.settled();
    const { progress, error } = await world.task();
    expect(error).toBeUndefined();
    expect(progress).toMatchObject({ phase: 'window', aside: { 'shop.b': { code: 'SINK_ROW_REJECTED' } } });
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.sinkRows(B).length).toBeLessThan(100);
    expect(world.errors).toEqual([]);
  });

  it('calls nobody for the chunks of a table that is set aside', async () => {
    const world = new LoadWorld({ loadWorkers: 3, tableErrors: 'ignore' });
    world.fill(10, 200);
    world.sink.refuses = (table) =>
      table.name.table === 'b' ? new CdcError('SINK_ROW_REJECTED', 'Too long.') : undefined;
    await world.createTask();
    const { gate } = slow(world, 60_000);
    let left = 0;
    await world.run(async (call, when) => {
      if (call === 'loaders.start' && Object.keys((await world.task()).progress.aside).length > 0) left += 1;
      await gate(call, when);
    }, 36_000_000);
    await world.settled();
    expect((await world.task()).progress.aside).toMatchObject({ 'shop.b': { code: 'SINK_ROW_REJECTED' } });
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(left).toBe(0);
  });

  it.each([
    ['while chunks are claimed', 'sink.claimChunks', 'SINK_LOCKED'],
    ['while chunks are loaded', 'sink.loadChunk', 'SINK_UNREACHABLE'],
  ] as const)('outlasts a sink that does not answer for a moment, %s', async (_when, failing, code) => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(200);
    await world.createTask();
    const { gate } = slow(world, 1_000);
    let [calls, down] = [0, Infinity];
    world.loaderGate = () => async (call, when) => {
      if (call === failing && when === 'before' && (calls += 1) === 3) down = world.clock.now() + 3_000;
      const toSink = call.startsWith('sink.') && call !== 'sink.close';
      if (toSink && when === 'before' && down < Infinity && world.clock.now() < down) throw new CdcError(code, 'Away.');
      await gate(call, when);
    };
    await world.run(gate, 36_000_000);
    await world.settled();
    expect(down).toBeLessThan(Infinity);
    expect(world.errors).toEqual([]);
    // The one that was called first has loaded on afterwards.
    expect(world.orders).toHaveLength(1);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });

  it('goes wrong in a loader that cannot work at all, and not in the task', async () => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(100);
    await world.createTask();
    const { gate } = slow(world, 1_000);
    world.loaderGate = () => async (call, when) => {
      await Promise.resolve();
      if (call === 'source.readRange' && when === 'before') throw new CdcError('SOURCE_ACCESS_DENIED', 'No.');
    };
    await world.run(gate, 36_000_000);
    await world.settled();
    // What a function throws goes to the dead letters.
    expect(world.errors[0]).toMatchObject({ code: 'SOURCE_ACCESS_DENIED' });
    expect((await world.task()).error).toBeUndefined();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });
});

describe('a table of a load', () => {
  it('is planned at the source while the sink creates it', async () => {
    const world = new LoadWorld();
    world.fill(3);
    await world.createTask();
    const planned = Promise.withResolvers<undefined>();
    await world.run(async (call, when) => {
      if (call === 'source.planPage' && when === 'after') planned.resolve(undefined);
      if (call === 'sink.createTable' && when === 'before') await planned.promise;
    });
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });
});

describe('loadersFor', () => {
  it('asks for none where a load is small, and for no more than the task allows', () => {
    const plan = (chunks: number, chunksDone = 0) => ({ chunks, chunksDone, rows: 0 });
    expect(loadersFor([plan(15)], 4)).toBe(0);
    expect(loadersFor([plan(8), plan(8)], 4)).toBe(1);
    expect(loadersFor([plan(1_000)], 4)).toBe(3);
    expect(loadersFor([plan(1_000, 990)], 4)).toBe(0);
    expect(loadersFor([plan(1_000)], 1)).toBe(0);
  });
});

describe('rowsPerChunk', () => {
  it('grows with the table once there would be too many chunks', () => {
    expect(rowsPerChunk(50_000, 2_500_000_000)).toBe(50_000);
    expect(rowsPerChunk(50_000, 10_000_000_000)).toBe(200_000);
    expect(rowsPerChunk(1, 10, 4)).toBe(3);
  });
});

describe('fewerRanges', () => {
  it('joins neighbours, so that no key is lost and none comes twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, most) => {
        const key = (i: number) => (i === 0 || i === count ? undefined : [Buffer.from(String(i))]);
        const ranges = Array.from({ length: count }, (_, i) => ({ lower: key(i), upper: key(i + 1) }));
        const fewer = fewerRanges(ranges, most);
        expect(fewer.length).toBeLessThanOrEqual(most);
        expect(fewer.length).toBeGreaterThan(Math.min(count, most) / 2);
        expect([fewer[0]?.lower, fewer.at(-1)?.upper]).toEqual([undefined, undefined]);
        expect(fewer.slice(1).map(({ lower }) => lower)).toEqual(fewer.slice(0, -1).map(({ upper }) => upper));
      }),
    );
  });
});
