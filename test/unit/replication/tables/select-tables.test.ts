import { expect, it } from 'vitest';
import { selectTables } from '../../../../lib/replication/tables/select-tables.ts';
import type { TableName } from '../../../../lib/task/task.ts';

const listed = Array.from({ length: 30 }, (_, at) => ({ name: { database: 'shop', table: `t${at}` } }));
const toItself = (source: TableName) => ({ source, sink: source });

it('takes the tables that are selected, in their order', async () => {
  const even = (source: TableName) => (Number(source.table.slice(1)) % 2 === 0 ? toItself(source) : undefined);
  const selected = await selectTables(listed, even);
  expect(selected.map(({ mapping }) => mapping.sink.table)).toEqual(
    listed.flatMap(({ name }) => even(name)?.sink.table ?? []),
  );
});

it('lets others run while expressions take long', async () => {
  let ran = 0;
  const timer = setInterval(() => (ran += 1), 1);
  let before = 0;
  await selectTables(listed, (source) => {
    before = ran;
    const end = performance.now() + 5;
    while (performance.now() < end);
    return toItself(source);
  });
  clearInterval(timer);
  // Not only once it was over.
  expect(before).toBeGreaterThan(0);
});
