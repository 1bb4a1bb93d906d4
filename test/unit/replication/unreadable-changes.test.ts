import { describe, expect, it } from 'vitest';
import { tableKey } from '../../../lib/task/task.ts';
import type { Gate } from '../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../support/killer.ts';
import { memorySchema } from '../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** Two tables of which a window of several transactions is to be applied, deletions first. */
async function changed(options: ConstructorParameters<typeof MemoryWorld>[0] = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld(options);
  world.source.rewrites = true;
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  for (const id of ['1', '2', '3', '4', '5', '6', '7']) {
    world.source.put(A, id, 'x');
    world.source.put(B, id, 'y');
  }
  await world.createTask();
  await world.run();
  for (const id of ['2', '8', '9']) world.source.put(A, id, 'changed');
  world.source.delete(A, '1');
  for (const id of ['5', '6']) world.source.delete(B, id);
  return world;
}

function expectEqual(world: MemoryWorld, why = ''): void {
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
}

describe('changes that the source can tell no more', () => {
  it('are found by comparing, which the log and show tell; the next ones are read as usual', async () => {
    const world = await changed({ transactionRows: 1_000 });
    world.source.compact();
    await world.run();
    expectEqual(world);
    expect(world.logged.filter((line) => line.startsWith('table.compared'))).toHaveLength(2);
    const { compared, checkpoint } = (await world.task()).progress;
    expect(compared.count).toBe(2);
    expect(compared.first[0]).toMatchObject({ table: tableKey(A), reason: expect.stringMatching(/20405/u) as unknown });
    world.source.put(A, '3', 'later');
    await world.run();
    expectEqual(world);
    const after = (await world.task()).progress;
    expect(after.compared).toEqual(compared);
    expect(after.checkpoint).not.toEqual(checkpoint);
    expect(world.logged.filter((line) => line.startsWith('table.compared'))).toHaveLength(2);
  });

  it.each([3, 1_000])('are not lost wherever a worker dies, %i rows a transaction', async (transactionRows) => {
    for (let at = 1; ; at += 1) {
      const world = await changed({ transactionRows });
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      world.source.compact();
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      expectEqual(world, `killed ${killed()} (${at})`);
      if (killed() === undefined) break;
    }
  });

  it.each([3, 1_000])('are not lost wherever that comes to pass, %i rows a transaction', async (transactionRows) => {
    for (let at = 1; ; at += 1) {
      const world = await changed({ transactionRows });
      let calls = 0;
      let found = '';
      const gate: Gate = async (call, when) => {
        if (when !== 'before' || (calls += 1) !== at) return;
        found = call;
        world.source.compact();
        await Promise.resolve();
      };
      await world.run(gate);
      await world.run();
      expectEqual(world, `compacted at ${found} (${at})`);
      if (found === '') break;
    }
  });

  it('do not bring in what a task without a first copy is to leave out: it fails where it cannot go on', async () => {
    const world = await changed({ noFull: true });
    let dead = false;
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      dead ||= call === 'sink.batch.commit' && when === 'after';
      if (dead) throw new Error('The process is dead.');
    };
    await world.run(gate).catch(() => undefined);
    world.source.compact();
    world.clock.jump(LEASE_RUNS_OUT);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('HISTORY_LOST');
  });
});
