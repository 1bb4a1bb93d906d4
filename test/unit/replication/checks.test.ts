import { describe, expect, it } from 'vitest';
import { tableKey } from '../../../lib/task/task.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** A task in step, whose sink somebody then tampers with: a row is gone, one is too many, one is another. */
async function tampered(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const id of ['1', '2', '3', '4']) world.source.put(A, id, 'v');
  world.source.put(B, '1', 'v');
  await world.createTask();
  await world.run();
  const rows = world.sink.tables.get('copy.a');
  rows?.delete('2');
  rows?.set('9', [Buffer.from('9'), Buffer.from('stray')]);
  rows?.set('3', [Buffer.from('3'), Buffer.from('bent')]);
  return world;
}

const FOUND = { done: true, rows: 4, missing: 1, extra: 1, different: 1 };
const NONE = { done: true, rows: 1, missing: 0, extra: 0, different: 0 };

describe('a check', () => {
  it('that verifies tells what differs by table, and leaves it', async () => {
    const world = await tampered();
    await world.store.check('t', 'verify', undefined);
    const before = world.sinkRows(A);
    await world.run();
    const { check } = (await world.task()).progress;
    expect(check).toMatchObject({ number: 1, kind: 'verify', tables: { [tableKey(A)]: FOUND, [tableKey(B)]: NONE } });
    expect(check?.finishedAt).toBeGreaterThan(0);
    expect(world.sinkRows(A)).toEqual(before);
  });

  it('that resyncs repairs it, and the next one finds nothing', async () => {
    const world = await tampered();
    await world.store.check('t', 'resync', undefined);
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    await world.store.check('t', 'verify', undefined);
    await world.run();
    const { check } = (await world.task()).progress;
    expect(check).toMatchObject({
      number: 2,
      tables: { [tableKey(A)]: { ...FOUND, missing: 0, extra: 0, different: 0 } },
    });
  });

  it('is of some tables only when that is asked for, and is done once', async () => {
    const world = await tampered();
    await world.store.check('t', 'verify', [tableKey(B)]);
    await world.run();
    const { check } = (await world.task()).progress;
    expect(Object.keys(check?.tables ?? {})).toEqual([tableKey(B)]);
    await world.run();
    expect((await world.task()).progress.check).toEqual(check);
  });

  it('finds nothing while the source is written to, for it compares at checkpoints', async () => {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'v');
    await world.createTask();
    await world.run();
    await world.store.check('t', 'verify', undefined);
    let writes = 0;
    await world.run(async (call) => {
      await Promise.resolve();
      if (call === 'source.readRange step' || call === 'sink.readRange') world.source.put(A, String(++writes), 'new');
    });
    expect(writes).toBeGreaterThan(1);
    const { check } = (await world.task()).progress;
    expect(check?.tables[tableKey(A)]).toMatchObject({ done: true, missing: 0, extra: 0, different: 0 });
    expect(world.sinkRows(A)).not.toEqual(world.sourceRows(A));
  });

  it('begins the table under way anew when its worker dies, and still ends', async () => {
    for (let at = 1; at < 60; at += 1) {
      const world = await tampered();
      await world.store.check('t', 'resync', undefined);
      let passed = 0;
      await world
        .run(async () => {
          await Promise.resolve();
          passed += 1;
          if (passed >= at) throw new Error('The process is dead.');
        })
        .catch(() => undefined);
      world.clock.jump(31_000);
      await world.run();
      expect(world.sinkRows(A), `killed at ${at}`).toEqual(world.sourceRows(A));
      expect((await world.task()).progress.check?.finishedAt, `killed at ${at}`).toBeGreaterThan(0);
    }
  });
});
