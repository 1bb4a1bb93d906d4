import { describe, expect, it } from 'vitest';
import type { Column, TableSchema } from '../../../lib/data/change.ts';
import { mysqlColumnType } from '../../../lib/sql/column-type.ts';
import { COLUMN_TYPES } from '../../../lib/sql/column-types.ts';
import { textHashing } from '../../../lib/sql/row-text.ts';
import { matrixoneText, mysqlText } from '../../../lib/sql/value-text.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';

const schemaOf = (declaration: string) =>
  declaredSchema({ database: 'd', table: 't' }, '1', `CREATE TABLE \`t\` (\n  ${declaration}\n)`);
const columnOf = (type: string): Column => ({ name: 'c', type }) as Column;
/** A type of the sink as it describes it. */
const described = (type: string): string =>
  /char|text/u.test(type) ? `${type} character set utf8mb4 collate utf8mb4_0900_bin` : type;

describe('the text of a row', () => {
  it('tells NULL, the end of each value, and the place of a row in the key apart', () => {
    const schema = schemaOf('`v` varchar(9),\n  `n` bool,\n  `id` int NOT NULL,\n  PRIMARY KEY (`v`,`id`)');
    const hashing = textHashing(schema, matrixoneText);
    const row =
      "concat_ws(',', ifnull(length(`v`), 'N'), `v`, " +
      "case when `n` then '1' when not `n` then '0' else 'N' end, ifnull(`id`, 'N'))";
    const bucket = "crc32(concat_ws(',', ifnull(length(`v`), 'N'), `v`, `id` div 128)) & 7";
    expect(hashing?.bucketOf(8)).toBe(bucket);
    expect(hashing?.bucketQuery('t', 'true', 8)).toMatch(/ from t where true group by 1$/u);
    expect(hashing?.bucketQuery('t', 'true', 8)).toContain(`select ${bucket}, count(*), `);
    expect(hashing?.bucketQuery('t', 'true', 8)).toContain(
      `bit_xor(cast(conv(substring(sha2(${row}, 256), 1, 15), 16, 10) as unsigned))`,
    );
  });

  it('adds up the rows of a table without a key, of which two may be equal', () => {
    const keyed = schemaOf('`id` int NOT NULL,\n  PRIMARY KEY (`id`)');
    const queryOf = (schema: TableSchema) => textHashing(schema, matrixoneText)?.checksumQuery('t', 'true');
    expect(queryOf(keyed)).toContain('bit_xor(cast(');
    expect(queryOf({ ...keyed, key: [], hasPrimaryKey: false })).toContain('sum(cast(');
  });

  it('is there only if each column has one at both ends', () => {
    const schema = schemaOf('`id` int NOT NULL,\n  `j` json,\n  PRIMARY KEY (`id`)');
    expect(textHashing(schema, matrixoneText)).toBeUndefined();
  });
});

describe('the text of a value', () => {
  it('is there for these types, in the sink table that the product makes', () => {
    const written = Object.keys(COLUMN_TYPES).filter((type) => {
      const sinkType = described(mysqlColumnType(type));
      return matrixoneText(columnOf(type)) !== undefined && mysqlText(columnOf(type), sinkType) !== undefined;
    });
    expect(written.sort()).toEqual([
      ...['bigint', 'binary', 'bit', 'blob', 'bool', 'char', 'date', 'datetime', 'decimal', 'double', 'float', 'int'],
      ...['smallint', 'text', 'time', 'timestamp', 'tinyint', 'varbinary', 'varchar', 'year'],
    ]);
  });

  it.each([
    ['decimal(10,2)', 'decimal(12,2)', true],
    ['decimal(10,2)', 'decimal(12,3)', false],
    ['decimal(50,3)', 'decimal(50,3)', false],
    ['int', 'int(10) unsigned', true],
    ['int', 'int(10) unsigned zerofill', false],
    ['int', 'varchar(20) character set utf8mb4 collate utf8mb4_bin', false],
    ['timestamp(3)', 'datetime(3)', true],
    ['datetime(3)', 'datetime(6)', false],
    ['datetime', 'date', false],
    ['varchar(9)', 'varchar(9) character set utf8mb4 collate utf8mb4_bin', true],
    ['varchar(9)', 'varchar(9) character set latin1 collate latin1_bin', false],
    ['varchar(9)', 'varbinary(9)', false],
    ['blob', 'longtext character set utf8mb4 collate utf8mb4_bin', false],
    ['bool', 'bit(1)', false],
  ])('of %s in a column of %s: %s', (type, sinkType, is) => {
    expect(mysqlText(columnOf(type), sinkType) !== undefined).toBe(is);
  });

  it('of a long value is its hash, which no function cuts', () => {
    for (const type of ['varchar(256)', 'varchar(65535)', 'text', 'longtext', 'blob', 'varbinary(9)']) {
      expect(matrixoneText(columnOf(type))).toBe("ifnull(sha2(`c`, 256), 'N')");
    }
    expect(matrixoneText(columnOf('varchar(255)'))).toBe("ifnull(length(`c`), 'N'), `c`");
  });
});
