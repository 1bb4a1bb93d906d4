import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableKey } from '../../../../lib/task/task.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** Two tables, the first without a key. */
function keylessWorld(options: ConstructorParameters<typeof MemoryWorld>[0] = {}, unique = false): MemoryWorld {
  const world = new MemoryWorld({ withoutKey: 'replace', ...options });
  world.source.schemas.set(tableKey(A), memorySchema(A, { key: [] }));
  world.source.schemas.set(tableKey(B), memorySchema(B, { hasUniqueKeys: unique }));
  return world;
}

/** The hidden place of a row, and its value; without one the row goes. */
const write = fc.tuple(fc.constantFrom('1', '2', '3', '4', '5', '6'), fc.option(fc.constantFrom('x', 'y')));

function apply(world: MemoryWorld, writes: readonly (readonly [string, string | null])[]): void {
  for (const [place, value] of writes) {
    if (value === null) world.source.delete(A, place);
    else world.source.putInto(A, place, 'same', value);
  }
}

const expectInStep = (world: MemoryWorld): void => {
  for (const table of [A, B]) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
};

describe('a table without a key', () => {
  it('is the same at the sink in every window, equal rows as often, and never seen in part', async () => {
    const round = fc.tuple(fc.array(write, { maxLength: 8 }), fc.array(fc.constantFrom('1', '2', '3', '4')));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 3, 100),
        fc.boolean(),
        fc.array(round, { minLength: 1, maxLength: 4 }),
        async (transactionRows, unique, rounds) => {
          const world = keylessWorld({ transactionRows }, unique);
          await world.createTask();
          await world.run();
          for (const [writes, others] of rounds) {
            const before = world.sinkRows(A).join();
            apply(world, writes);
            for (const id of others) world.source.put(B, id, String(Math.random()));
            const after = world.sourceRows(A).join();
            world.sink.onCommit = () => {
              expect([before, after]).toContain(world.sinkRows(A).join());
            };
            expect((await world.run()).outcome).toBe('stopped');
            expectInStep(world);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is replaced in the same transaction as the changes of the others, where they fit', async () => {
    const world = keylessWorld({ transactionRows: 100 });
    await world.createTask();
    await world.run();
    const seen: object[] = [];
    world.sink.onCommit = ({ window, batch }) => seen.push({ window, batch });
    apply(world, [
      ['1', 'x'],
      ['2', 'x'],
    ]);
    world.source.put(B, '1', 'y');
    await world.run();
    expect(seen).toEqual([{ window: 1, batch: 0 }]);
    expectInStep(world);
  });

  it('is emptied with its source table', async () => {
    const world = keylessWorld();
    apply(world, [['1', 'x']]);
    await world.createTask();
    await world.run();
    apply(world, [['1', null]]);
    await world.run();
    expect(world.sinkRows(A)).toEqual([]);
  });

  it('takes a new shape, and rows that fit no key, along', async () => {
    const world = keylessWorld();
    for (const id of ['1', '2', '3', '4', '5']) world.source.putInto(A, id, 'same', 'x');
    await world.createTask();
    await world.run();
    for (const key of [['id'], []]) {
      world.source.replace(A, { key });
      for (const id of ['1', '2', '3', '4']) world.source.putInto(A, id, key.length === 0 ? 'same' : id, 'y');
      expect((await world.run()).outcome).toBe('stopped');
      expectInStep(world);
    }
  });

  it('is compared row for row by verify, and replaced by resync', async () => {
    const world = keylessWorld({ transactionRows: 100 });
    for (const id of ['1', '2', '3']) world.source.putInto(A, id, 'same', 'x');
    await world.createTask();
    await world.run();
    const check = async (kind: 'verify' | 'resync') => {
      await world.store.check('t', kind, undefined);
      await world.run();
      return (await world.task()).progress.check?.tables[tableKey(A)];
    };
    const sink = world.sink.tables.get('copy.a');
    expect(await check('verify')).toMatchObject({ rows: 3, missing: 0, extra: 0, different: 0 });
    const [place = ''] = sink?.keys() ?? [];
    sink?.delete(place);
    expect(await check('verify')).toMatchObject({ rows: 3, missing: 1, extra: 0 });
    sink?.set('own', [Buffer.from('own'), null]);
    sink?.set('own too', [Buffer.from('own'), null]);
    expect(await check('resync')).toMatchObject({ missing: 1, extra: 2 });
    expectInStep(world);
    expect(await check('verify')).toMatchObject({ rows: 3, missing: 0, extra: 0, different: 0 });
  });

  it('is refused unless the task says otherwise', async () => {
    const world = keylessWorld({ withoutKey: 'refuse' });
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('TABLE_WITHOUT_KEY');
  });
});
