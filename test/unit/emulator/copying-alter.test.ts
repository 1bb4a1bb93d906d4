import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../support/emulator/statements/edits.ts';
import { copyingAlterEdits } from '../../support/emulator/statements/copying-alter.ts';

const rewritten = (sql: string): string => applyEdits(sql, copyingAlterEdits(sql));

const COPY = 'algorithm = copy, lock = shared';

describe('a statement that alters a table', () => {
  it.each([
    ['alter table t add column x int, drop column y', `alter table t ${COPY}, add column x int, drop column y`],
    ['ALTER TABLE `a b`.`c` rename to d.e', `ALTER TABLE \`a b\`.\`c\` ${COPY}, rename to d.e`],
    ['alter ignore table if exists a . t add x int', `alter ignore table if exists a . t ${COPY}, add x int`],
    ["alter table t comment = 'drop partition'", `alter table t ${COPY}, comment = 'drop partition'`],
    ['alter table t partition by hash (id)', `alter table t ${COPY} partition by hash (id)`],
    ['create unique index i on t (v)', 'create unique index i on t (v) algorithm = copy lock = shared'],
    ['drop index i on d.t /* why */', `alter table d.t ${COPY}, drop index i /* why */`],
    ['drop index if exists `on` on `t`', `alter table \`t\` ${COPY}, drop index if exists \`on\``],
  ])('says how, as MatrixOne does it: %s', (sql, expected) => {
    expect(rewritten(sql)).toBe(expected);
  });

  it.each([
    'alter table t add partition (partition p values less than (9))',
    'alter table t truncate partition p',
    'alter table t remove partitioning',
    'alter table t discard tablespace',
    "alter user u identified by 'alter table t add x int'",
    'alter database d character set utf8mb4',
    'create table t (id int, index i (id))',
    'drop table t',
  ])('is left alone where that cannot be said: %s', (sql) => {
    expect(rewritten(sql)).toBe(sql);
  });
});
