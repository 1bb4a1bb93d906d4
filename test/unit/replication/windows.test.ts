import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';
import { tableKey } from '../../../lib/task/task.ts';

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

  it('stop with an error when the columns of a changed table changed', async () => {
    const world = new MemoryWorld();
    await world.createTask();
    await world.run();
    apply(world, { table: 0, id: '1', v: 'x' });
    let asked = 0;
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'source.describe' || when !== 'before') return;
      asked += 1;
      for (const [key, schema] of world.source.schemas) {
        if (asked === 2) world.source.schemas.set(key, { ...schema, key: ['v'] });
      }
    });
    expect((await world.task()).error?.code).toBe('SCHEMA_CHANGED');
    expect(world.sinkRows({ database: 'shop', table: 'a' })).toEqual([]);
  });
});
