import { describe, expect, it } from 'vitest';
import { oneStatement } from '../../../lib/sql/one-statement.ts';

describe('one statement', () => {
  it.each(['select 1', "comment 'it''s; -- /* # \\' still'", 'drop table `a``;b`', 'select "a\\";" - 1', 'a - -1'])(
    '%s is one',
    (sql) => {
      expect(oneStatement(sql)).toBe(sql);
    },
  );

  it.each([
    ...[
      'select 1; drop table t',
      'select 1 -- x',
      'select 1 # x',
      'select /* x */ 1',
      "'not closed",
      '`not closed',
      "'x\\'",
      '',
    ],
    ...['select \\ 1', 'select \0', "'a''; drop table t; -- ' ; drop table u"],
  ])('%j is none', (sql) => {
    expect(() => oneStatement(sql)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('is told in time that follows its length', () => {
    const long = `select '${"'\\".repeat(10)}${'x'.repeat(20_000_000)}'`;
    expect(() => oneStatement(long)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
