import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Session } from '../../../../lib/replication/session/session.ts';
import { Verification } from '../../../../lib/replication/compare/verification.ts';
import { tableKey, readTableKey } from '../../../../lib/task/task.ts';
import { position } from '../../../../lib/data/position.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { checked, tampered } from '../../../support/tampered-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];

it('a check of very many tables fits into the task’s item', async () => {
  const databases = [{ source: 'shop', sink: 'copy' }];
  const world = new MemoryWorld({ chunkRows: 100 }, { level: 'database', tables: [], databases });
  const tables = Array.from({ length: 600 }, (_, i) => ({ database: 'shop', table: `t${String(i).padStart(4, '0')}` }));
  for (const table of tables) {
    world.source.create(memorySchema(table));
    for (let id = 0; id < 12; id += 1) world.source.put(table, `${id}${'k'.repeat(300)}`, 'v');
  }
  await world.createTask();
  await world.run(undefined, 60_000);
  for (const table of tables.filter((_, i) => i % 2 === 0)) world.sink.tables.get(`copy.${table.table}`)?.clear();
  world.sink.tables.delete('copy.t0001');
  const check = await checked(world, 'verify');
  expect(check).toMatchObject({
    tablesTotal: 602,
    tablesDone: 602,
    tablesDiffering: 300,
    tablesFailed: 1,
    rows: 7_188,
  });
  expect(check.tables[readTableKey('shop.t0001')]?.error).toBeDefined();
  expect(Object.keys(check.tables)).toHaveLength(300);
  expect(JSON.stringify(check).length).toBeLessThan(100_000);
}, 60_000);

it('a table that is set aside is no table in step, and a resync brings it back and compares it', async () => {
  const world = new MemoryWorld({ tableErrors: 'ignore' });
  for (const id of ['1', '2', '3']) world.source.put(A, id, 'v');
  await world.createTask();
  await world.run();
  world.source.put(A, '4', 'refused');
  world.sink.refuses = (_table, row) =>
    String(row[1]) === 'refused' ? new CdcError('SINK_ROW_REJECTED', 'No.') : undefined;
  await world.run();
  expect(Object.keys((await world.task()).progress.aside)).toEqual([tableKey(A)]);
  const check = await checked(world, 'verify');
  expect(check).toMatchObject({ tablesDone: 2, tablesFailed: 1 });
  expect(check.tables[tableKey(A)]?.error).toEqual({
    code: 'SINK_ROW_REJECTED',
    message: 'It is set aside: No. It refused the row id=4.',
  });

  world.sink.refuses = () => undefined;
  const repaired = await checked(world, 'resync');
  expect(repaired).toMatchObject({ tablesFailed: 0, tables: { [tableKey(A)]: { rows: 4, missing: 0 } } });
  expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
});

it('a resync that is asked for in the middle of a window waits for the next one, which brings tables back', async () => {
  const world = await tampered();
  await world.store.check('t', 'resync', undefined);
  const { progress, ...record } = await world.task();
  const aside = { [tableKey(A)]: { code: 'SINK_ERROR', message: 'No.', action: '', at: 0, check: 0 } } as const;
  let advanced = 0;
  const session = {
    latest: record,
    record,
    progress: { ...progress, aside },
    advance: () => Promise.resolve(void (advanced += 1)),
    deps: { clock: world.clock },
  } as unknown as Session;
  const checks = new Verification(session, {} as never);
  await checks.slice({ name: 'p', ts: position('1') });
  expect(checks.wanted).toBe(true);
  expect(advanced).toBe(0);
});
