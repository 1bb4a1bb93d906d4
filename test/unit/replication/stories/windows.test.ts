import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { declaredAs, memorySchema } from '../../../support/memory-source.ts';
import { tableKey } from '../../../../lib/task/task.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const OTHER_COLUMNS = ['id', 'other'].map((name) => ({ name, type: 'text', nullable: true, generated: false }));

interface Write {
  readonly table: number;
  readonly id: string;
  /** Absent: delete. */
  readonly v: string | undefined;
}

const write: fc.Arbitrary<Write> = fc.record({
  table: fc.integer({ min: 0, max: 1 }),
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  v: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
});

function apply(world: MemoryWorld, { table, id, v }: Write): void {
  const name = SOURCE_TABLES[table];
  if (name === undefined) return;
  if (v === undefined) world.source.delete(name, id);
  else world.source.put(name, id, v);
}

describe('windows', () => {
  it('leave the sink as the source was at the checkpoint, whatever was written', async () => {
    const limits = fc.constantFrom(1, 2, 3, 100);
    const script = fc.array(fc.array(write, { maxLength: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(limits, fc.boolean(), script, async (transactionRows, unique, rounds) => {
        const world = new MemoryWorld({ transactionRows });
        world.source.extraRows = true;
        for (const [key, schema] of world.source.schemas)
          world.source.schemas.set(key, { ...schema, hasUniqueKeys: unique });
        await world.createTask();
        for (const writes of rounds) {
          for (const each of writes) apply(world, each);
          expect((await world.run()).outcome).toBe('stopped');
          const { checkpoint } = (await world.task()).progress;
          for (const table of SOURCE_TABLES) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
          expect([...world.source.snapshots.keys()]).toEqual([checkpoint?.name]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('that fit one transaction are never seen in part, over all tables', async () => {
    const world = new MemoryWorld({ transactionRows: 100 });
    await world.createTask();
    await world.run();
    const seen: object[] = [];
    world.sink.onCommit = (fence) => seen.push(fence);
    for (const id of ['1', '2', '3', '4']) apply(world, { table: Number(id) % 2, id, v: 'x' });
    await world.run();
    expect(seen).toEqual([expect.objectContaining({ window: 1, batch: 0 })]);
  });

  it('that are larger are split, and say so until the last part', async () => {
    const world = new MemoryWorld({ transactionRows: 2 });
    await world.createTask();
    await world.run();
    const seen: object[] = [];
    world.sink.onCommit = ({ window, batch }) => seen.push({ window, batch });
    for (const id of ['1', '2', '3', '4', '5']) apply(world, { table: 0, id, v: 'x' });
    await world.run();
    expect(seen).toEqual([
      { window: 0, batch: 1 },
      { window: 0, batch: 2 },
      { window: 1, batch: 0 },
    ]);
  });

  it('with unique keys are split into deletions first and insertions after', async () => {
    const world = new MemoryWorld({ transactionRows: 2 });
    for (const [key, schema] of world.source.schemas) world.source.schemas.set(key, { ...schema, hasUniqueKeys: true });
    for (const id of ['1', '2', '3']) apply(world, { table: 0, id, v: 'x' });
    await world.createTask();
    await world.run();
    const sizes: number[] = [];
    world.sink.onCommit = () =>
      sizes.push(world.sink.tables.get(tableKey({ database: 'copy', table: 'a' }))?.size ?? -1);
    for (const id of ['1', '2', '3']) apply(world, { table: 0, id, v: 'y' });
    await world.run();
    expect(sizes).toEqual([1, 0, 2, 3]);
  });

  it('bring a table into step that was truncated, altered or made anew, with the changes of the others', async () => {
    const script = fc.array(write, { maxLength: 12 });
    const shapes = fc.constantFrom({}, { key: ['v'] }, { hasUniqueKeys: true }, { columns: OTHER_COLUMNS });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 2, 100), script, shapes, script, async (chunkRows, before, shape, after) => {
        const world = new MemoryWorld({ chunkRows });
        for (const each of before) apply(world, each);
        await world.createTask();
        await world.run();
        world.source.replace(A, shape);
        // A key must not be NULL, and each `v` may be there once where it is the key.
        for (const { id } of after) world.source.put(A, id, id);
        for (const each of after) apply(world, { ...each, table: 1 });
        expect((await world.run()).outcome).toBe('stopped');
        for (const table of SOURCE_TABLES) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
        expect(world.sink.chunks.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('alter a table whose rows are the same kind without comparing them, and end that once they are there', async () => {
    const world = new MemoryWorld();
    apply(world, { table: 0, id: '1', v: 'x' });
    await world.createTask();
    await world.run();
    world.source.alter(A, 'create table a (with an index)');
    apply(world, { table: 0, id: '2', v: 'y' });
    let dead = false;
    const atFinish: Gate = async (call, when) => {
      dead ||= call === 'sink.finishTable' && when === 'before';
      if (dead) throw new Error('The process is killed.');
      await Promise.resolve();
    };
    await world.run(atFinish).catch(() => undefined);
    expect(world.sinkRows(A)).toEqual(['1=x', '2=y']);
    expect(world.sink.finished).toEqual([]);
    world.clock.jump(31_000);
    await world.run();
    expect(world.sink.finished).toEqual(['copy.a']);
    expect((await world.task()).progress.window).toBe(1);
    expect(world.logged.some((line) => line.startsWith('table.resync'))).toBe(false);
  });

  it('leave the sink table alone when the source table is dropped, and fill it again when it comes back', async () => {
    const world = new MemoryWorld();
    apply(world, { table: 0, id: '1', v: 'x' });
    await world.createTask();
    await world.run();
    world.source.replace(A);
    apply(world, { table: 1, id: '2', v: 'y' });
    await world.run();
    expect((await world.task()).progress.missing).toEqual(['shop.a']);
    expect(world.sinkRows(A)).toEqual(['1=x']);
    expect(world.sinkRows(B)).toEqual(['2=y']);

    world.source.replace(A, {});
    apply(world, { table: 0, id: '3', v: 'z' });
    await world.run();
    expect((await world.task()).progress.missing).toEqual([]);
    expect(world.sinkRows(A)).toEqual(['3=z']);
  });

  it('stop with an error when a table changed its shape and the task has no first copy', async () => {
    const world = new MemoryWorld({ noFull: true });
    apply(world, { table: 0, id: '1', v: 'before' });
    await world.createTask();
    await world.run();
    world.source.replace(A, {});
    apply(world, { table: 0, id: '2', v: 'x' });
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('SCHEMA_CHANGED');
    expect(world.sinkRows(A)).toEqual([]);
  });

  it('stop with an error when a table changed its shape and the task is to stop at that', async () => {
    const world = new MemoryWorld({ schemaChange: 'stop' });
    apply(world, { table: 0, id: '1', v: 'x' });
    await world.createTask();
    await world.run();
    world.source.replace(A, declaredAs('create table a (as it is now)'));
    expect((await world.run()).outcome).toBe('failed');
    const { error } = await world.task();
    expect(error).toMatchObject({ code: 'SCHEMA_CHANGED' });
    expect(error?.message).toContain('create table a (as it is now)');
    expect(world.sinkRows(A)).toEqual(['1=x']);
    // Once the sink table is as the source table, resume is enough.
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('failed');
    world.sink.schemas.set('copy.a', { ...memorySchema(A), ...declaredAs('create table a (as it is now)') });
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual([]);
  });
});
