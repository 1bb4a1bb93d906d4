import fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { mysqlLiteralOf } from '../../../lib/sql/literal.ts';
import type { Column } from '../../../lib/data/change.ts';
import { deleteStatements, insertStatements, statements } from '../../../lib/sql/statements.ts';

const schema = declaredSchema(
  { database: 'd', table: 't' },
  '1',
  'CREATE TABLE `t` (\n  `v` varchar(9) DEFAULT NULL,\n  `g` int GENERATED ALWAYS AS (1) STORED,\n  `a` int NOT NULL,\n  `b` varchar(5) NOT NULL,\n  PRIMARY KEY (`b`,`a`)\n)',
);
const literalOf = ({ type }: Column) => mysqlLiteralOf(type);
const rows = [
  [null, Buffer.from('1'), Buffer.from('x')],
  [Buffer.from("'"), Buffer.from('2'), Buffer.from('y')],
];

test('rows are written without generated columns, keys in the order of the key', () => {
  expect([...insertStatements('t', schema, rows, { literalOf })]).toEqual([
    "insert into t (`v`, `a`, `b`) values (NULL,1,'x'),('''',2,'y')",
  ]);
  expect([...deleteStatements('t', schema, rows, { literalOf })]).toEqual([
    "delete from t where (`b`, `a`) in (('x',1),('y',2))",
  ]);
  expect([...insertStatements('t', schema, [], { literalOf })]).toEqual([]);
});

test('statements are as long as allowed, in bytes; one long item has its own', () => {
  const items = [...Array.from({ length: 50 }, () => '数据'), 'y'.repeat(200), 'z'];
  const made = [...statements('(', items, ')', { longest: 100 })];
  expect(made.every((sql) => Buffer.byteLength(sql) <= 101 || sql.startsWith('(y'))).toBe(true);
  expect(made.length).toBeLessThan(8);
  expect(made.join('').replaceAll(/[(),]/gu, '')).toBe(items.join(''));
});

test('no statement is longer than the server takes, and a row that needs one is an error', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 20, max: 200 }),
      (items, most, longest) => {
        const fits = items.every((item) => Buffer.byteLength(`(${item})`) <= most);
        const made = () => [...statements('(', items, ')', { most, longest })];
        if (!fits) expect(made).toThrow(expect.objectContaining({ code: 'SINK_ROW_TOO_LARGE' }));
        else expect(made().every((sql) => Buffer.byteLength(sql) <= most)).toBe(true);
      },
    ),
  );
});

test('statements stay near a megabyte; one huge item has its own', () => {
  const items = [...Array.from({ length: 30 }, () => 'x'.repeat(100_000)), 'y'.repeat(3_000_000), 'z'];
  const made = [...statements('(', items, ')')];
  expect(made.every((sql) => sql.length < 1_100_000 || sql.startsWith('(y'))).toBe(true);
  expect(made.join('').replaceAll(/[(),]/gu, '')).toBe(items.join(''));
});
