import { expect, it } from 'vitest';
import { tableKey, readTableKey } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld } from '../../../support/memory-world.ts';

const shop = (table: string) => ({ database: 'shop', table });

it('a table that comes before the one under way does not end the comparison of that one', async () => {
  const world = new MemoryWorld({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
  // Without checksums, each chunk is a step.
  world.sink.hasChecksums = false;
  const late = shop('z');
  world.source.create(memorySchema(late, { id: '7' }));
  for (const id of ['1', '2', '3', '4', '5']) world.source.put(late, id, 'x');
  await world.createTask();
  await world.run();
  world.sink.tables.get('copy.z')?.delete('5');
  await askResync(world);
  const end = new AbortController();
  // The worker ends with a part of the table compared.
  await world.run(
    async (call, when) => {
      await Promise.resolve();
      const under = (await world.task()).progress.check?.position?.table;
      if (under === tableKey(late)) end.abort();
      if (call === 'sink.readRange' && when === 'before') world.clock.jump(600);
    },
    60_000,
    end.signal,
  );
  expect((await world.task()).progress.check).toMatchObject({ finishedAt: 0, position: { table: 'shop.z' } });
  world.source.create(memorySchema(shop('y'), { id: '8' }));
  world.source.put(shop('y'), '1', 'new');
  await world.run();
  const { check } = (await world.task()).progress;
  expect(check?.tables[readTableKey('shop.z')]).toMatchObject({ done: true, missing: 1 });
  expect(check).toMatchObject({ tablesFailed: 0 });
  expect(world.sinkRows(late)).toEqual(world.sourceRows(late));
});
