import { describe, expect, it } from 'vitest';
import { tableKey, type TaskOptions } from '../../../../lib/task/task.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

function drop(world: MemoryWorld): void {
  const key = tableKey({ database: 'copy', table: A.table });
  world.sink.tables.delete(key);
  world.sink.schemas.delete(key);
}

function made(options: Partial<TaskOptions> = {}): MemoryWorld {
  const world = new MemoryWorld(options);
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  for (const id of ['1', '2', '3', '4', '5', '6']) for (const table of SOURCE_TABLES) world.source.put(table, id, 'x');
  return world;
}

/** A change of the table is what tells the worker that its sink table is gone. */
async function expectEqual(world: MemoryWorld, why = ''): Promise<void> {
  world.source.put(A, '9', 'last');
  await world.run();
  expect((await world.task()).error, why).toBeUndefined();
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
}

function write(world: MemoryWorld): void {
  for (const id of ['2', '7', '8']) world.source.put(A, id, 'changed');
  world.source.delete(A, '1');
  world.source.put(B, '4', 'changed');
}

/** What a worker is at when somebody drops the table. */
const WORK: Record<string, (world: MemoryWorld) => Promise<void>> = {
  'a first copy': () => Promise.resolve(),
  'a window': async (world) => {
    await world.run();
    write(world);
  },
  'a resync after a change of schema': async (world) => {
    await world.run();
    write(world);
    world.source.create(memorySchema(A, { id: '77', hasUniqueKeys: true }));
    for (const id of ['1', '2', '3', '4', '5', '6']) world.source.put(A, id, 'anew');
  },
};

describe.each(Object.entries(WORK))('a sink table that is dropped in %s', (_, begin) => {
  it.each([3, 1_000])(
    'is made anew and has all of its rows, %i a transaction',
    async (transactionRows) => {
      for (let at = 1; ; at += 1) {
        const world = made({ transactionRows });
        await world.createTask();
        await begin(world);
        let calls = 0;
        let found = '';
        const gate: Gate = async (call, when) => {
          await Promise.resolve();
          if (when !== 'after' || (calls += 1) !== at) return;
          found = call;
          drop(world);
        };
        await world.run(gate);
        await expectEqual(world, `dropped after ${found} (${at})`);
        if (found === '') break;
      }
    },
    60_000,
  );

  it('is so wherever a worker dies meanwhile', async () => {
    for (let at = 1; ; at += 1) {
      const world = made({ transactionRows: 3 });
      await world.createTask();
      await begin(world);
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      drop(world);
      world.clock.jump(LEASE_RUNS_OUT);
      await expectEqual(world, `killed ${killed()} (${at})`);
      if (killed() === undefined) break;
    }
  }, 60_000);
});

it('a task without a first copy stops, for it has not what was there', async () => {
  const world = made({ noFull: true });
  await world.createTask();
  await world.run();
  drop(world);
  write(world);
  expect((await world.run()).outcome).toBe('failed');
  expect((await world.task()).error?.code).toBe('SINK_TABLE_MISMATCH');
});
