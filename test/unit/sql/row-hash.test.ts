import { describe, expect, it } from 'vitest';
import { rowSetCondition } from '../../../lib/sql/range-checksum.ts';
import { matrixoneHashing, rowHashes } from '../../../lib/sql/row-hash.ts';
import { quoteText } from '../../../lib/sql/literal.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';

const schemaOf = (declaration: string) =>
  declaredSchema({ database: 'd', table: 't' }, '1', `CREATE TABLE \`t\` (\n  ${declaration}\n)`);

describe('the hash of a row', () => {
  it('has the length of a value before it, unless the type fixes the length', () => {
    const schema = schemaOf(
      '`id` bigint unsigned NOT NULL,\n  `d` decimal(12,2),\n  `t` time(3),\n  `s` varchar(9),\n  `b` longblob,\n  PRIMARY KEY (`id`)',
    );
    const values = '`id`, `d`, `t`, length(`s`), `s`, length(`b`), `b`';
    expect(rowHashes(schema)).toEqual([`hash_value(${values})`, `hash_value('s', ${values})`]);
  });

  it('packs what the server has no length of, or stores by a number that means nothing elsewhere', () => {
    const schema = schemaOf(
      "`id` int NOT NULL,\n  `j` json,\n  `e` enum('a','b'),\n  `w` decimal(50,3),\n  PRIMARY KEY (`id`)",
    );
    const of = (value: string): string => `length(serial_full(${value})), serial_full(${value})`;
    expect(rowHashes(schema)[0]).toBe(`hash_value(\`id\`, ${of('`j`')}, ${of('`e`')}, ${of("concat(`w`, '')")})`);
  });

  it('of the key tells the bucket', () => {
    const schema = schemaOf('`v` int,\n  `a` int NOT NULL,\n  `b` varchar(9) NOT NULL,\n  PRIMARY KEY (`b`,`a`)');
    const range = { lower: undefined, upper: undefined };
    const literal = () => (value: Buffer | null) => (value === null ? 'null' : quoteText(value.toString()));
    expect(rowSetCondition(schema, range, literal, undefined)).toBe('true');
    const set = { ...range, buckets: { hash: 'matrixone' as const, of: 16, among: [3, 5] } };
    expect(rowSetCondition(schema, set, literal, matrixoneHashing(schema))).toBe(
      'true and (hash_value(`b`, `a` div 128) & 15) in (3, 5)',
    );
  });
});
