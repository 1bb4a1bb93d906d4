import { describe, expect, it } from 'vitest';
import { tableKey } from '../../../../lib/task/task.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { declaredAs, memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

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

const WAYS = [3, 1_000].flatMap((rows) => [
  { rows, forgets: false, what: 'told by an error' },
  { rows, forgets: true, what: 'deletions left out' },
]);

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

  it.each(WAYS)('are not lost wherever a worker dies, $rows rows a transaction, $what', async ({ rows, forgets }) => {
    for (let at = 1; ; at += 1) {
      const world = await changed({ transactionRows: rows });
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      world.source.compact(forgets);
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      expectEqual(world, `killed ${killed()} (${at})`);
      if (killed() === undefined) break;
    }
  });

  it.each(WAYS)(
    'are not lost wherever that comes to pass, $rows rows a transaction, $what',
    async ({ rows, forgets }) => {
      for (let at = 1; ; at += 1) {
        const world = await changed({ transactionRows: rows });
        let calls = 0;
        let found = '';
        const gate: Gate = async (call, when) => {
          if (when !== 'before' || (calls += 1) !== at) return;
          found = call;
          world.source.compact(forgets);
          await Promise.resolve();
        };
        await world.run(gate);
        await world.run();
        expectEqual(world, `compacted at ${found} (${at})`);
        if (found === '') break;
      }
    },
  );

  it.each(WAYS)(
    'are found beside a table that was altered, $rows rows a transaction, $what',
    async ({ rows, forgets }) => {
      const world = await changed({ transactionRows: rows });
      world.source.alter(B, 'create table b (altered)');
      // What is told of it is read while the window is planned.
      world.source.delete(A, '9');
      world.source.compact(forgets);
      await world.run();
      expectEqual(world);
      expect(world.logged.filter((line) => line.startsWith('task.error'))).toEqual([]);
    },
  );

  it('are not taken for compared because of chunks that a worker left behind when it died', async () => {
    const world = await changed({ transactionRows: 1_000 });
    // The next window resyncs the table that was made anew. Its worker ends when the checkpoint is stored.
    world.source.create(memorySchema(A, { id: '14', hasUniqueKeys: true }));
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'anew');
    const time = new AbortController();
    let stored = 0;
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'store.saveProgress' && when === 'after') stored += 1;
      if (call === 'sink.forgetChunks' && when === 'before' && stored > 1) time.abort(new Error('Time is up.'));
      time.signal.throwIfAborted();
    };
    await world.run(gate, 60_000, time.signal).catch(() => undefined);
    expect(world.sink.chunks.size).toBeGreaterThan(0);
    // The source cannot tell the changes of this table while the window is planned, beside an alteration.
    world.source.alter(B, 'create table b (altered)');
    world.source.put(A, '4', 'later');
    world.source.delete(A, '1');
    world.source.compact(true);
    world.clock.jump(LEASE_RUNS_OUT);
    await world.run();
    expectEqual(world);
  });

  it.each([
    ['made anew', { schemaChange: 'stop' }],
    ['dropped', { schemaChange: 'stop', droppedTables: 'drop' }],
    ['made anew', { noFull: true }],
  ] as const)('do not lead past a table that is %s, where the task is to stop at it: %j', async (how, options) => {
    const world = await changed({ transactionRows: 1_000, ...options });
    world.source.delete(A, '9');
    const before = world.sinkRows(B);
    if (how === 'dropped') world.source.drop(B);
    else world.source.replace(B, declaredAs('create table b (anew)'));
    world.source.put(A, '1', 'x');
    world.source.compact(true);
    for (let tries = 0; tries < 2; tries += 1) {
      await world.store.setDesired('t', 'running');
      expect((await world.run()).outcome).toBe('failed');
      const { error, progress } = await world.task();
      expect(error?.code).toBe('SCHEMA_CHANGED');
      expect(progress.pending).toBeUndefined();
      expect(world.sinkRows(B)).toEqual(before);
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
