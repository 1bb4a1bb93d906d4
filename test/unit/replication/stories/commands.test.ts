import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const PLENTY = 60_000;

/** Does something at the first call of this name, and never again. */
function once(name: string, act: () => Promise<unknown>): Gate {
  let done = false;
  return async (call, when) => {
    if (done || call !== name || when !== 'after') return;
    done = true;
    await act();
  };
}

/** Rejects the first calls of this name. */
function failing(name: string, times: number, error: CdcError): Gate {
  let left = times;
  return async (call, when) => {
    await Promise.resolve();
    if (call === name && when === 'before' && left > 0) {
      left -= 1;
      throw error;
    }
  };
}

async function running(tables = SOURCE_TABLES): Promise<MemoryWorld> {
  const mappings = tables.map((source) => ({ source, sink: { database: 'copy', table: source.table } }));
  const world = new MemoryWorld({ mode: 'continuous' }, { tables: mappings });
  world.source.put(A, '1', 'first');
  await world.createTask();
  return world;
}

describe('a running worker', () => {
  it('stops when the task is paused, and leaves the sink as it is', async () => {
    const world = await running();
    const report = await world.run(
      once('source.changedSince', async () => {
        await world.store.setDesired('t', 'paused');
        world.source.put(A, '2', 'while paused');
      }),
      PLENTY,
    );
    expect(report.outcome).toBe('stopped');
    expect((await world.task()).lease).toBeUndefined();
    expect((await world.run()).outcome).toBe('idle');
  });

  it('goes on by itself when the task is resumed before it has given the lease back', async () => {
    const world = await running();
    const pause = once('source.changedSince', async () => {
      await world.store.setDesired('t', 'paused');
    });
    let resumed = false;
    const report = await world.run(async (call, when) => {
      await pause(call, when);
      if (call !== 'store.release' || when !== 'before' || resumed) return;
      resumed = true;
      world.source.put(A, '2', 'resumed');
      await world.store.setDesired('t', 'running');
      setTimeout(() => void world.store.setDesired('t', 'paused'), 100);
    }, PLENTY);
    expect(report.outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(['1=first', '2=resumed']);
  });

  it('loads anew after a restart, also what differs at the sink', async () => {
    const world = await running();
    await world.runUntilIdle();
    world.source.put(A, '2', 'more');
    world.source.delete(A, '1');
    await world.store.restart('t');
    await world.runUntilIdle();
    expect(world.sinkRows(A)).toEqual(['2=more']);
    const { progress } = await world.task();
    expect(progress.generation).toBe(2);
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
  });

  it('is restarted while it runs', async () => {
    const world = await running();
    const gate = once('source.changedSince', async () => {
      await world.store.restart('t');
    });
    await world.run(gate, 100);
    expect((await world.task()).progress.generation).toBe(2);
    expect(world.sinkRows(A)).toEqual(['1=first']);
  });

  it('cleans up when the task is dropped, and leaves nothing but the tables', async () => {
    const world = await running();
    const gate = once('source.changedSince', async () => {
      await world.store.drop('t');
    });
    expect((await world.run(gate, PLENTY)).outcome).toBe('dropped');
    expect(await world.store.get('t')).toBeUndefined();
    expect(world.source.snapshots.size + world.sink.fences.size + world.sink.chunks.size).toBe(0);
    expect(world.sinkRows(A)).toEqual(['1=first']);
    expect((await world.run()).outcome).toBe('gone');
  });

  it('ends at its deadline between windows and gives the lease back', async () => {
    const world = await running();
    expect((await world.run(undefined, 30)).outcome).toBe('stopped');
    expect((await world.task()).lease).toBeUndefined();
  });

  it('gives the lease back without an error when its process runs out of time in the middle of something', async () => {
    const world = await running();
    const process = new AbortController();
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'sink.loadChunk' && when === 'before') process.abort(new Error('Time is up.'));
    };
    expect((await world.run(gate, PLENTY, process.signal)).outcome).toBe('stopped');
    const { lease, error } = await world.task();
    expect({ lease, error }).toEqual({ lease: undefined, error: undefined });
  });

  it('is waited for by its successor when it ends soon, and not otherwise', async () => {
    const world = await running();
    const first = world.run(undefined, 100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = world.run(undefined, 200);
    expect((await first).outcome).toBe('stopped');
    expect((await second).outcome).toBe('stopped');

    const long = world.run(
      once('sink.batch.commit', async () => {
        await world.store.setDesired('t', 'paused');
      }),
      600_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await world.run()).outcome).toBe('held');
    world.source.put(A, '9', 'ends the long one');
    await long;
  });
});

describe('an error', () => {
  it('that may pass is recorded, tried again, and cleared by success', async () => {
    const world = await running([A]);
    const seen: unknown[] = [];
    const gate = failing('sink.loadChunk', 2, new CdcError('SINK_UNREACHABLE', 'The sink is away.'));
    await world.runUntilIdle(async (call, when) => {
      if (call === 'store.saveError' && when === 'after') seen.push((await world.task()).error?.attempts);
      await gate(call, when);
    });
    expect(seen).toEqual([1, 2, undefined]);
    expect((await world.task()).error).toBeUndefined();
    expect(world.sinkRows(A)).toEqual(['1=first']);
  });

  it('that an operator has to mend fails the task until it is resumed', async () => {
    const world = await running();
    const gate = failing('sink.createTable', 1, new CdcError('SINK_TABLE_MISMATCH', 'No column v.'));
    expect((await world.run(gate)).outcome).toBe('failed');
    expect((await world.task()).error).toMatchObject({ code: 'SINK_TABLE_MISMATCH', retry: false, attempts: 1 });
    expect((await world.run()).outcome).toBe('idle');
    await world.store.setDesired('t', 'running');
    expect((await world.runUntilIdle()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(['1=first']);
  });

  it('tells when the history that the task stands on is gone', async () => {
    const world = await running();
    await world.runUntilIdle();
    world.source.snapshots.clear();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('HISTORY_LOST');
  });

  it('tells when the fence at the sink is not the one the task left', async () => {
    const world = await running();
    await world.runUntilIdle();
    world.source.put(A, '2', 'more');
    await world.runUntilIdle();
    world.sink.fences.clear();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('FENCE_MISMATCH');
  });

  it('of the store for longer than the lease ends the worker', async () => {
    const world = await running();
    const gate: Gate = async (call, when) => {
      if (call === 'source.changedSince' && when === 'before') await new Promise((resolve) => setTimeout(resolve, 50));
      if (call !== 'store.watch' && call !== 'store.renew') return;
      world.clock.jump(10_000);
      throw new CdcError('STORE_ERROR', 'DynamoDB is away.');
    };
    expect((await world.run(gate, 6_000_000)).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('STORE_ERROR');
  });
});
