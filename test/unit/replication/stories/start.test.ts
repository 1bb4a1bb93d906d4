import { describe, expect, it } from 'vitest';
import type { Pin } from '../../../../lib/data/position.ts';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const START = '2023-11-14T22:13:20.500Z';

/** Somebody made a snapshot before the start; the sink has what there was then, and the source has gone on. */
function past(): { world: MemoryWorld; held: Pin } {
  const world = new MemoryWorld({ startTs: START, transactionRows: 2 });
  for (const table of SOURCE_TABLES) for (const id of ['1', '2', '3']) world.source.put(table, id, 'old');
  const held = world.source.snapshot('nightly');
  world.source.heldSince = () => held;
  for (const table of SOURCE_TABLES) {
    const rows = new Map(world.source.tables.get(`shop.${table.table}`));
    world.sink.tables.set(`copy.${table.table}`, rows);
    world.sink.schemas.set(`copy.${table.table}`, memorySchema(table));
  }
  world.source.put(A, '1', 'new');
  world.source.delete(A, '2');
  for (const id of ['4', '5', '6']) world.source.put(A, id, 'new');
  world.source.put(B, '3', 'new');
  return { world, held };
}

describe('a task with a start in the past', () => {
  it('applies what has changed since, to the rows that the sink has', async () => {
    const { world } = past();
    // A row that only the sink has stays: nothing is compared.
    world.sink.tables.get('copy.b')?.set('stray', [Buffer.from('stray'), null]);
    await world.createTask();
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.sinkRows(B)).toEqual([...world.sourceRows(B), 'stray=null']);
    expect((await world.task()).progress).toMatchObject({ window: 1, rowsLoaded: 0 });
    world.source.put(B, '9', 'later');
    await world.run();
    expect(world.sinkRows(B)).toContain('9=later');
  });

  it('leaves the snapshot that it began at to whom it belongs', async () => {
    const { world, held } = past();
    await world.createTask();
    await world.run();
    await world.run();
    const { checkpoint } = (await world.task()).progress;
    expect([...world.source.snapshots.keys()].sort()).toEqual([checkpoint?.name, held.name].sort());
    await world.store.drop('t');
    await world.run();
    expect([...world.source.snapshots.keys()]).toEqual([held.name]);
  });

  it('looks for its start only once a later snapshot is there', async () => {
    const { world, held } = past();
    let snapshots: string[] = [];
    world.source.heldSince = (ts) => {
      expect(ts).toBe('1700000000500000000');
      snapshots = [...world.source.snapshots.keys()];
      return held;
    };
    await world.createTask();
    await world.run();
    expect(snapshots).toHaveLength(2);
  });

  it('fails when nobody holds what was then', async () => {
    const { world } = past();
    world.source.heldSince = () => undefined;
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error).toMatchObject({ code: 'START_NOT_COVERED', retry: false });
    await world.store.setDesired('t', 'running');
    await world.run();
    expect(world.source.snapshots.size).toBe(1);
  });

  it('fails when its start is gone before it was read, and never begins later in silence', async () => {
    const { world } = past();
    await world.createTask();
    let dead = false;
    await world
      .run(async (call, when) => {
        await Promise.resolve();
        dead ||= call === 'sink.createTable' && when === 'after';
        if (dead) throw new Error('The process is dead.');
      })
      .catch(() => undefined);
    world.source.snapshots.delete('nightly');
    world.clock.jump(LEASE_RUNS_OUT);
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('HISTORY_LOST');
  });

  it('needs no history from there on of a table that an edit has brought since', async () => {
    const { world, held } = past();
    const c = { database: 'shop', table: 'c' };
    world.source.create(memorySchema(c, { id: '9' }));
    const pitr = world.source.snapshots.get(held.name);
    world.source.snapshots.clear();
    if (pitr !== undefined) world.source.states.set(held.ts, pitr);
    world.source.heldSince = (_ts, area) =>
      area !== 'account' && area.some(({ table }) => table === 'c') ? undefined : { name: '', ts: held.ts };
    await world.createTask();
    let dead = false;
    await world
      .run(async (call, when) => {
        await Promise.resolve();
        dead ||= call === 'sink.createTable' && when === 'after';
        if (dead) throw new Error('The process is dead.');
      })
      .catch(() => undefined);
    world.clock.jump(LEASE_RUNS_OUT);
    const seen = await world.task();
    await world.store.edit(seen, editedSpec(seen.spec, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] }));
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    world.source.put(c, '1', 'new');
    await world.run();
    expect(world.sinkRows(c)).toEqual(['1=new']);
  });

  it('applies the same whatever call its worker dies at', async () => {
    for (let at = 1; ; at += 1) {
      const { world, held } = past();
      await world.createTask();
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      // What a window of its own had put into the sink goes again behind its back.
      world.source.delete(A, '5');
      world.clock.jump(LEASE_RUNS_OUT);
      await world.store.setDesired('t', 'running');
      await world.run();
      await world.run();
      const why = `killed ${killed()} (${at})`;
      for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
      const { checkpoint } = (await world.task()).progress;
      expect([...world.source.snapshots.keys()].sort(), why).toEqual([checkpoint?.name, held.name].sort());
      if (killed() === undefined) break;
    }
  }, 60_000);
});
