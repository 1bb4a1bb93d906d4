import { expect, test } from 'vitest';
import type { Connection } from '../../../../lib/wire/connection.ts';
import { CdcError } from '../../../../lib/errors.ts';
import type { TableName } from '../../../../lib/task/task.ts';
import { columnRows, tableRow } from '../../../support/catalogue/catalogue-rows.ts';
import { storedTable } from '../../../support/catalogue/stored-records.ts';
import { declaredTable } from '../../../support/declared/declared-table.ts';
import { USUAL_RULES } from '../../../../lib/matrixone/definition/table-rules.ts';
import { checkSource, refuseVersion } from '../../../../lib/matrixone/source/source-check.ts';
import { position } from '../../../../lib/data/position.ts';

const refusal = expect.objectContaining({ code: 'SOURCE_UNSUPPORTED' }) as Error;

test.each(['8.0.30-MatrixOne-v4.2.0', '8.0.30-MatrixOne-v4.2.0-nightly'])('%s will do as the source', (version) => {
  expect(() => {
    refuseVersion(version, false);
  }).not.toThrow();
});

test.each(['v3.0.18', 'v4.1.4', 'v4.2.0-rc1', 'v4.2.1', 'v14.2.0', 'v4.2.0.1', 'v5.0.0', 'main'])(
  '%s, which was not tried, will only where its user says so',
  (version) => {
    expect(() => {
      refuseVersion(`8.0.30-MatrixOne-${version}`, false);
    }).toThrow(refusal);
    expect(() => {
      refuseVersion(`8.0.30-MatrixOne-${version}`, true);
    }).not.toThrow();
  },
);

test.each(['10.11.19-MariaDB-log', '8.0.36', ''])('%s will not, whatever its user says', (version) => {
  expect(() => {
    refuseVersion(version, true);
  }).toThrow(refusal);
});

/** A server that has the tables of these definitions, and makes snapshots of base tables only. */
function server(definitions: Readonly<Record<string, string>>) {
  const query = (sql: string): Promise<{ rows: (string | Buffer)[][] }> => {
    const name = /'db'.*'(\w+)'/su.exec(sql)?.[1];
    const text = name === undefined ? '' : definitions[name];
    if (name === undefined) return Promise.resolve({ rows: [['8.0.30-MatrixOne-v4.2.0']] });
    if (text === undefined) return Promise.resolve({ rows: [] });
    const stored = storedTable(declaredTable(text));
    const kind = text.startsWith('CREATE TABLE') ? 'r' : 'v';
    return Promise.resolve({ rows: sql.includes('mo_columns') ? columnRows(stored) : [tableRow(stored, name, kind)] });
  };
  const rows = async (sql: string) => ({
    rows: (await query(sql)).rows.map((row) => row.map((value) => Buffer.from(value as never))),
  });
  const pins = {
    create: (name: string, tables: readonly TableName[]) =>
      tables.some(({ table }) => definitions[table]?.startsWith('CREATE TABLE') !== true)
        ? Promise.reject(new CdcError('SOURCE_TABLE_MISSING', 'There is no such table.'))
        : Promise.resolve({ name, ts: position('1') }),
    drop: () => Promise.resolve(),
  };

  return { pool: { use: <T>(work: (session: Connection) => Promise<T>) => work({ query: rows } as never) }, pins };
}

test.each(['seen', 'absent', 'nokey'])('of the table %s one thing is said', async (table) => {
  const { pool, pins } = server({
    fine: 'CREATE TABLE `fine` (\n  `id` int NOT NULL,\n  PRIMARY KEY (`id`)\n)',
    nokey: 'CREATE TABLE `nokey` (\n  `id` int DEFAULT NULL\n)',
    seen: 'create view seen as select 1',
  });
  const names = [table, 'fine'].map((name) => ({ database: 'db', table: name }));
  const found = await checkSource(pool, pins, names, USUAL_RULES);
  expect(found.map(({ setting }) => setting)).toEqual(['tables']);
});
