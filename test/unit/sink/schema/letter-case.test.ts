import { describe, expect, it } from 'vitest';
import { matrixoneDialect } from '../../../../lib/matrixone/sink/matrixone-dialect.ts';
import { inOrder } from '../../../../lib/sink/schema/alter-clauses.ts';
import { alteration } from '../../../../lib/sink/schema/alteration.ts';
import type { Dialect, SinkDescription } from '../../../../lib/sink/dialect/dialect.ts';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import type { TableSchema } from '../../../../lib/data/change.ts';
import { declaredSchema } from '../../../support/declared/declared-table.ts';

const AT = { database: 'd', table: 't' };
const VERSION = '11.8.2-MariaDB';

/** A table of this column, with a unique key over it. */
const schema = (column: string, name: string): TableSchema =>
  declaredSchema(
    AT,
    '1',
    `CREATE TABLE \`t\` (\`id\` int NOT NULL, ${column}, PRIMARY KEY (\`id\`), UNIQUE KEY \`u\` (\`${name}\`))`,
  );

/** The sink table that was made for this one. */
const made = (dialect: Dialect, source: TableSchema): SinkDescription => ({
  columns: dialect.columnLines(source, VERSION).map(({ name, type }) => ({
    ...{ name, type, generated: false, nullable: name !== 'id', required: false },
  })),
  ...{ key: ['id'], uniqueKeys: [] },
  indexes: dialect.indexLines(source).lines.map(({ name, signature }) => ({
    name,
    signature,
    columns: source.details.indexes[0]?.parts.map(({ column }) => column) ?? [],
  })),
});

const clauses = (dialect: Dialect, sink: TableSchema, before: TableSchema | undefined, now: TableSchema): string[] => {
  const plan = alteration(made(dialect, sink), now, before, dialect, VERSION);
  return [...inOrder(plan), ...plan.addIndexes.map(({ line }) => line)];
};

const lower = schema('`Name` varchar(20)', 'Name');
const upper = schema('`NAME` varchar(20)', 'NAME');
const longer = schema('`NAME` varchar(40)', 'NAME');

describe('a column that gets another case of letters', () => {
  it('is renamed and nothing else', () => {
    expect(clauses(matrixoneDialect, lower, lower, upper)).toEqual(['rename column `Name` to `NAME`']);
    expect(clauses(mysqlDialect, lower, lower, upper)).toEqual([
      expect.stringMatching(/^change column `Name` `NAME` /u),
    ]);
  });

  it('and another type, is renamed and then modified under its new name', () => {
    const [rename, ...rest] = clauses(matrixoneDialect, lower, lower, longer);
    expect(rename).toBe('rename column `Name` to `NAME`');
    expect(rest).toEqual([expect.stringMatching(/^modify column `NAME` varchar\(40\)/u)]);
    expect(clauses(mysqlDialect, lower, lower, longer)).toEqual([
      expect.stringMatching(/^modify column `NAME` varchar\(40\)/u),
    ]);
  });
});

describe('a column that somebody has spelled otherwise at the sink', () => {
  it.each([matrixoneDialect, mysqlDialect])('stays as it is (%#)', (dialect) => {
    expect(clauses(dialect, lower, upper, upper)).toEqual([]);
    expect(clauses(dialect, lower, undefined, upper)).toEqual([]);
  });

  it.each([matrixoneDialect, mysqlDialect])('is modified under its own name (%#)', (dialect) => {
    for (const before of [upper, undefined]) {
      expect(clauses(dialect, lower, before, longer)).toEqual([
        expect.stringMatching(/^modify column `Name` varchar\(40\)/u),
      ]);
    }
  });
});
