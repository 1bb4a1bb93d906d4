import { expect, test } from 'vitest';
import type { Row } from '../../lib/data/change.ts';
import type { Pin } from '../../lib/data/position.ts';
import type { Source } from '../../lib/replication/endpoints/source.ts';
import { type TableName, readTableKey } from '../../lib/task/task.ts';

export interface SourceSteps {
  readonly db: string;
  readonly at: (table: string) => TableName;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly pin: (...tables: string[]) => Promise<Pin>;
  readonly source: () => Source;
}

/** What a resync needs to know of a source. */
export function describeShapes({ db, at, run, pin, source }: SourceSteps): void {
  test('tells whether a table is still the same, also where the diff does not', async () => {
    await run(
      `create table ${db}.kept (id int primary key, v int)`,
      `create table ${db}.cut (id int primary key, v int)`,
      `create table ${db}.named (id int primary key, v int)`,
      `create table ${db}.gone (id int primary key, v int)`,
      `insert into ${db}.cut values (1, 1), (2, 2)`,
    );
    const tables = ['kept', 'cut', 'named', 'gone', 'never'].map(at);
    const first = await pin('kept', 'cut');
    await run(
      `insert into ${db}.kept values (1, 1)`,
      `truncate table ${db}.cut`,
      `alter table ${db}.named rename column v to w`,
      `drop table ${db}.gone`,
    );
    const second = await pin('kept', 'cut');
    const [before, after] = [await source().shapes(tables, first), await source().shapes(tables, second)];
    const same = tables.map(
      ({ table }) => before.get(readTableKey(`${db}.${table}`)) === after.get(readTableKey(`${db}.${table}`)),
    );
    expect(same).toEqual([true, false, false, false, true]);
    expect(await source().shapes([], first)).toEqual(new Map());
    expect([...after.keys()].sort()).toEqual(['cut', 'kept', 'named'].map((table) => `${db}.${table}`));
  });

  test('tells which keys it has at a pin', async () => {
    await run(
      `create table ${db}.keys (a int, b varchar(20), v text, primary key (a, b))`,
      `insert into ${db}.keys values (1, 'x', ''), (1, 'it''s', 'v'), (2, '中文', null)`,
    );
    const first = await pin('keys');
    await run(`delete from ${db}.keys where a = 2`);
    const schema = await source().describe(at('keys'), first);
    const rows = ['1|x', '1|y', "1|it's", '2|中文', '3|x'].map((text): Row => [
      ...text.split('|').map((part) => Buffer.from(part)),
      null,
    ]);
    expect(await source().present(schema, first, rows)).toEqual([rows[0], rows[2], rows[3]]);
    expect(await source().present(schema, first, [])).toEqual([]);
  });

  test('covers a table that is gone by a wider pin', async () => {
    await run(`create table ${db}.lost (id int primary key)`, `drop table ${db}.lost`);
    const now = await pin('lost');
    expect(await source().shapes([at('lost')], now)).toEqual(new Map());
  });
}
