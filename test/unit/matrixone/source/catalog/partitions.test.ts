import { describe, expect, it } from 'vitest';
import { listTables } from '../../../../../lib/matrixone/source/catalog/table-listing.ts';
import { idOfShape, tableShapes } from '../../../../../lib/matrixone/source/catalog/table-shapes.ts';
import type { Connection } from '../../../../../lib/wire/connection.ts';
import { type Pin, position } from '../../../../../lib/data/position.ts';
import { readTableKey as key } from '../../../../../lib/task/task.ts';

const [A, B] = [
  { name: 'a', ts: position('100') },
  { name: 'b', ts: position('200') },
] as const;
const TABLES = ['whole', 'parted'].map((table) => ({ database: 'd', table }));

/** A catalogue as 4.2.0 has it: what becomes of partitions leaves the row of their table as it is. */
class FakeCatalog {
  readonly asked: string[] = [];
  /** Partitions of the table 11, by pin. */
  readonly partitions = new Map<string, readonly string[]>();

  readonly session = {
    query: (sql: string) => {
      this.asked.push(sql);
      const pin = /snapshot = '(\w+)'/u.exec(sql)?.[1] ?? '';
      const partitions = (this.partitions.get(pin) ?? []).map((id) => ['11', id]);
      const answer = sql.includes('mo_partition_tables') ? partitions : rowsOf(sql);
      return Promise.resolve({ rows: answer.map((row) => row.map((value) => Buffer.from(value))) });
    },
  } as unknown as Connection;

  shapes = (pin: Pin, tables = TABLES) => tableShapes(this.session, tables, pin);
}

function rowsOf(sql: string): string[][] {
  const columns = (/select (.*) from/u.exec(sql)?.[1] ?? '').split(', ');
  return [
    { reldatabase: 'd', relname: 'whole', rel_id: '10', relkind: 'r', rel_version: '0', partitioned: '0' },
    { reldatabase: 'd', relname: 'parted', rel_id: '11', relkind: 'r', rel_version: '0', partitioned: '1' },
  ].map((row) => columns.map((column) => row[column as keyof typeof row]));
}

describe('a partitioned table', () => {
  it('is another one when a partition was truncated or dropped, which nothing else tells', async () => {
    const catalog = new FakeCatalog();
    for (const [before, after, same] of [
      [['21', '22'], ['22', '21'], true],
      [['21', '22'], ['22', '23'], false],
      [['21', '22'], ['22'], false],
    ] as const) {
      catalog.partitions.set('a', before).set('b', after);
      const [first, second] = [await catalog.shapes(A), await catalog.shapes(B)];
      expect(first.get(key('d.parted')) === second.get(key('d.parted'))).toBe(same);
      const ids = [first, second].map((shapes) => idOfShape(shapes.get(key('d.parted')) ?? ''));
      expect(ids[0] === ids[1]).toBe(same);
      expect(first.get(key('d.whole'))).toBe('10.0');
      expect(second.get(key('d.whole'))).toBe('10.0');
    }
  });

  it('has the same shape in the list of all tables', async () => {
    const catalog = new FakeCatalog();
    catalog.partitions.set('a', ['21', '22']);
    const listed = new Map(
      (await listTables(catalog.session, 'account', A)).map(({ name, shape }) => [name.table, shape]),
    );
    const shapes = await catalog.shapes(A);
    for (const { table } of TABLES) expect(listed.get(table)).toBe(shapes.get(key(`d.${table}`)));
  });

  it('costs others no question', async () => {
    const catalog = new FakeCatalog();
    await catalog.shapes(A, TABLES.slice(0, 1));
    expect(catalog.asked).toHaveLength(1);
  });
});
