import { describe, expect, it } from 'vitest';
import { STALL_MS } from '../../../../lib/record/stall.ts';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import { taskState } from '../../../../lib/record/task-state.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const ROWS = 40;
const STEP = 20_000;
/** Two rows come in a batch. */
const STEPS = ROWS / 2;

/**
 * A worker that waits for 20 seconds after every batch of a stream. Answers with the task as it was after each, and
 * with all that the worker wrote to the store from the first batch to the last.
 */
async function crawl(world: MemoryWorld, stream: string): Promise<{ seen: TaskRecord[]; written: string[] }> {
  const seen: TaskRecord[] = [];
  let written: string[] = [];
  let during: string[] = [];
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (call.startsWith('store.') && call !== 'store.watch' && when === 'after') written.push(call);
    if (call !== `${stream} step`) return;
    if (seen.length === 0) written = [];
    const before = written.length;
    world.clock.jump(STEP);
    while (written.length === before) await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push(await world.task());
    during = [...written];
  };
  await world.run(gate, 6_000_000);
  return { seen, written: during };
}

const tables = [{ source: A, sink: { database: 'copy', table: A.table } }];
const worldOf = () => new MemoryWorld({ chunkRows: 1_000, transactionRows: 1_000 }, { tables });

const fill = (world: MemoryWorld): void => {
  for (let row = 0; row < ROWS; row += 1) world.source.put(A, String(row), 'new');
};

function expectRunning(world: MemoryWorld, seen: readonly TaskRecord[]): void {
  expect(STEPS * STEP).toBeGreaterThan(STALL_MS);
  expect(seen.map((task) => task.underWay?.rows)).toEqual(Array.from({ length: STEPS }, (_, step) => 2 * (step + 1)));
  expect(new Set(seen.map((task) => task.progress.progressAt)).size).toBe(1);
  for (const task of seen) expect(taskState(task, (task.underWay?.at ?? 0) + STEP)).toBe('running');
  expect(world.sinkRows(A)).toHaveLength(ROWS);
}

describe('a step that takes longer than the threshold', () => {
  it('shows as running while its rows pass: a chunk', async () => {
    const world = worldOf();
    fill(world);
    await world.createTask();
    expectRunning(world, (await crawl(world, 'source.readRange')).seen);
  });

  it('shows as running while its rows pass: a window', async () => {
    const world = worldOf();
    await world.createTask();
    await world.run();
    fill(world);
    expectRunning(world, (await crawl(world, 'source.readChanges')).seen);
  });

  it('is told with the renewals of the lease, and by no further write', async () => {
    const world = worldOf();
    fill(world);
    await world.createTask();
    const { written } = await crawl(world, 'source.readRange');
    expect(written).toEqual(Array.from({ length: STEPS }, () => 'store.renew'));
  });

  it('is not told while nothing passes', async () => {
    const world = worldOf();
    fill(world);
    await world.createTask();
    const told: (TaskRecord['underWay'] | null)[] = [];
    let hung = false;
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'sink.planLoad' || when !== 'before' || hung) return;
      hung = true;
      for (let wait = 0; wait < 3; wait += 1) {
        const { lease } = await world.task();
        world.clock.jump(STEP);
        while ((await world.task()).lease?.until === lease?.until) await new Promise((next) => setTimeout(next, 1));
        told.push((await world.task()).underWay);
      }
    }, 6_000_000);
    // What had come before the first renewal; the others tell nothing new.
    expect(told).toHaveLength(3);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });
});
