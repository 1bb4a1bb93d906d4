import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../lib/error-codes.ts';
import { CdcError } from '../../../../lib/errors.ts';
import { describeError } from '../../../../lib/replication/run/describe-error.ts';
import { RETRY_BUDGET_MS } from '../../../../lib/replication/run/retry.ts';
import { TableError } from '../../../../lib/data/table-error.ts';
import { STALL_MS } from '../../../../lib/record/stall.ts';
import type { TaskError } from '../../../../lib/record/task-record.ts';
import { needsWorker, taskState } from '../../../../lib/record/task-state.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { readTableKey } from '../../../../lib/task/task.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const LONG = 14 * 60_000;

/** Fails every call of this name, `step` milliseconds after the one before. */
function away(world: MemoryWorld, name: string, step: number, code: ErrorCode = 'SOURCE_UNREACHABLE') {
  let failures = 0;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (call !== name || when !== 'before') return;
    failures += 1;
    world.clock.jump(step);
    throw new CdcError(code, 'It is away.');
  };
  return { gate, failures: () => failures };
}

/** Ends the worker of a continuous task at its first look for changes. */
const untilIdle =
  (world: MemoryWorld): Gate =>
  async (call, when) => {
    await Promise.resolve();
    if (call === 'source.changedSince' && when === 'after') world.clock.jump(LONG);
  };

describe('an end that stays away', () => {
  it('is left to the schedule after some minutes, tried once by every worker then, and stalled since the first time', async () => {
    const world = new MemoryWorld({ mode: 'continuous' });
    world.source.put(A, '1', 'x');
    await world.createTask();
    const { gate, failures } = away(world, 'source.createPin', 60_000);
    expect((await world.run(gate, LONG)).outcome).toBe('stopped');
    expect(failures()).toBe(1 + RETRY_BUDGET_MS / 60_000);
    const first = (await world.task()).error?.firstAt ?? 0;
    for (let tick = 1; tick <= 3; tick += 1) {
      const task = await world.task();
      const now = world.clock.now();
      expect(needsWorker(task, now, now + 65_000)).toBe(true);
      expect(task).toMatchObject({ lease: undefined, error: { firstAt: first, attempts: failures() } });
      await world.run(gate, LONG);
    }
    expect(failures()).toBe(4 + RETRY_BUDGET_MS / 60_000);
    world.clock.jump(STALL_MS);
    expect(taskState(await world.task(), world.clock.now())).toBe('stalled');
    await world.run(untilIdle(world));
    expect(taskState(await world.task(), world.clock.now())).toBe('running');
    expect(world.sinkRows(A)).toEqual(['1=x']);
  });

  it('is tried anew as often once something has come forward', async () => {
    const world = new MemoryWorld({ mode: 'continuous' });
    await world.createTask();
    await world.run(untilIdle(world));
    const first = away(world, 'source.changedSince', 200_000);
    let left = 2;
    await world.run(async (call, when) => {
      if (call === 'source.changedSince' && when === 'before') left -= 1;
      if (left >= 0) await first.gate(call, when);
      else if (call === 'store.saveError' && when === 'after') world.clock.jump(LONG);
    }, LONG);
    expect(first.failures()).toBe(2);
    expect((await world.task()).error).toBeUndefined();
  });
});

describe('errors of two tables that alternate', () => {
  it('count for each: neither keeps the other from being set aside', async () => {
    const world = new MemoryWorld({ tableErrors: 'ignore' });
    await world.createTask();
    await world.run();
    for (const table of [A, B]) world.source.put(table, '1', 'new');
    let tries = 0;
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'source.createPin' || when !== 'before' || tries >= 100) return;
      tries += 1;
      if (Object.keys((await world.task()).progress.aside).length > 0) return;
      world.clock.jump(9_000);
      throw new TableError(tries % 2 === 1 ? A : B, new CdcError('SOURCE_ERROR', 'The diff panics.'));
    }, LONG);
    // Five of the one, four of the other, and one that succeeds.
    expect(tries).toBe(10);
    expect(Object.keys((await world.task()).progress.aside)).toEqual(['shop.a']);
  });

  const failure = fc.record({ table: fc.constantFrom(undefined, 'a', 'b'), after: fc.nat(10_000) });

  it('add up, whatever comes between them', () => {
    fc.assert(
      fc.property(fc.array(failure, { minLength: 1 }), (failures) => {
        let last: TaskError | undefined;
        let now = 1_000;
        const seen: Record<string, number[]> = {};
        for (const { table, after } of failures) {
          now += after;
          const error = new CdcError('SINK_ERROR', 'No.');
          const of = table === undefined ? error : new TableError({ database: 'd', table }, error);
          last = describeError(of, last, now);
          if (table !== undefined) (seen[`d.${table}`] ??= []).push(now);
        }
        const first = 1_000 + (failures[0]?.after ?? 0);
        expect(last).toMatchObject({ attempts: failures.length, firstAt: first, lastAt: now });
        const counted = Object.entries(seen).map(([table, times]) => [
          table,
          { attempts: times.length, firstAt: times[0] },
        ]);
        expect(last?.ofTables ?? {}).toEqual(Object.fromEntries(counted));
      }),
    );
  });

  it('are kept for a bounded number of tables', () => {
    let last: TaskError | undefined;
    for (let table = 0; table < 500; table += 1) {
      const of = new TableError({ database: 'd', table: String(table) }, new CdcError('SINK_ERROR', 'No.'));
      last = describeError(of, last, table);
    }
    expect(Object.keys(last?.ofTables ?? {})).toHaveLength(50);
    expect(last?.ofTables?.[readTableKey('d.499')]).toEqual({ attempts: 1, firstAt: 499 });
  });
});

describe('a table of a database that cannot be described', () => {
  const databases = [{ source: 'shop', sink: 'copy' }];
  const worldOf = () => new MemoryWorld({ tableErrors: 'ignore' }, { level: 'database', tables: [], databases });

  /** The source does not describe table a as long as `bad` says so. */
  function undescribed(world: MemoryWorld, bad: () => boolean): void {
    world.source.undescribed = ({ table }) => {
      if (table !== 'a' || !bad()) return undefined;
      world.clock.jump(9_000);
      return new CdcError('SOURCE_ERROR', 'show create table fails.');
    };
  }

  it('is set aside in the first copy, which the others complete, and comes back', async () => {
    const world = worldOf();
    for (const table of SOURCE_TABLES) world.source.put(table, '1', 'x');
    let bad = true;
    undescribed(world, () => bad);
    await world.createTask();
    await world.run(undefined, 60_000);
    const { progress, error } = await world.task();
    expect(error).toBeUndefined();
    expect(progress).toMatchObject({ phase: 'window', aside: { 'shop.a': { code: 'SOURCE_ERROR' } } });
    expect(Object.keys(progress.tables)).toEqual(['shop.a', 'shop.b']);
    expect(world.sinkRows(B)).toEqual(['1=x']);
    world.source.put(B, '2', 'y');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['1=x', '2=y']);
    bad = false;
    await world.store.check('t', 'resync', [readTableKey('shop.a')]);
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=x']);
    expect((await world.task()).progress.aside).toEqual({});
  });

  it('is set aside in a window', async () => {
    const world = worldOf();
    await world.createTask();
    await world.run();
    undescribed(world, () => true);
    world.source.alter(A, 'create table a (altered)');
    for (const table of SOURCE_TABLES) world.source.put(table, '1', 'x');
    await world.run(undefined, 60_000);
    expect(world.sinkRows(B)).toEqual(['1=x']);
    expect(Object.keys((await world.task()).progress.aside)).toEqual(['shop.a']);
  });

  it('is not set aside for an error that passes', async () => {
    const world = worldOf();
    world.source.put(A, '1', 'x');
    let times = 3;
    undescribed(world, () => (times -= 1) >= 0);
    await world.createTask();
    await world.run(undefined, 60_000);
    expect(world.sinkRows(A)).toEqual(['1=x']);
    expect((await world.task()).progress.aside).toEqual({});
  });
});
