import { expect, test } from 'vitest';
import { alteration } from '../../../../lib/sink/schema/alteration.ts';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import { doubtfulNames } from '../../../../lib/mysql/mysql-names.ts';
import { declaredSchema } from '../../../support/declared/declared-table.ts';

test.each([
  ['a', 64, undefined],
  ['é', 64, undefined],
  ['表', 50, undefined],
  ['表', 51, 'its name takes 255 bytes as that of a file'],
  ['$', 64, 'its name takes 320 bytes as that of a file'],
])('a name of %s, %d times, as that of a file: %s', (letter, times, doubt) => {
  const name = letter.repeat(times);
  expect(doubtfulNames({ database: 'd', table: name })).toBe(doubt);
  expect(doubtfulNames({ database: name, table: 't' })).toBe(doubt);
});

test('the hidden key of a table without one goes with its column, for a key of the source', () => {
  const at = { database: 'd', table: 't' };
  const columns = ['my_row_id', 'id'].map((name) => {
    return { name, type: 'int', generated: false, nullable: name === 'id', required: false };
  });
  const found = { columns, key: [], hiddenKey: 'my_row_id', uniqueKeys: [], indexes: [] };
  const reshape = (key: string): readonly string[] => {
    const definition = `CREATE TABLE \`t\` (\n  \`id\` int ${key === '' ? 'DEFAULT' : 'NOT'} NULL${key}\n)`;
    const rules = { changeReader: 'auto', withoutKey: 'replace' } as const;
    return alteration(found, declaredSchema(at, '1', definition, rules), undefined, mysqlDialect, '9.7.4').reshape;
  };
  expect(reshape('')).toEqual([]);
  expect(reshape(',\n  PRIMARY KEY (`id`)')).toEqual(['drop column `my_row_id`', 'add primary key (`id`)']);
});
