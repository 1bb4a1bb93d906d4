import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { withLastWrite, writeOf } from '../../../../lib/wire/driver/last-write.ts';

it.each([
  ["insert into `d`.`t` (`a`) values ('secret')", 'insert into `d`.`t`'],
  ["delete from `a``b`.`t` where `k` in ('secret')", 'delete from `a``b`.`t`'],
  ["alter table `d`.`t` modify column `C1` varchar(100) default 'secret'", 'alter table `d`.`t` modify column `C1`'],
  ["alter table `d`.`t` comment = 'secret'", 'alter table `d`.`t`'],
  ['create table if not exists `d`.`t` (`a` int)', 'create table if not exists `d`.`t`'],
  ["load data local infile 'rows' into table `d`.`t` character set binary", 'load data `d`.`t`'],
])('%s is a write', (sql, told) => {
  expect(writeOf(sql)).toBe(told);
});

it.each(['commit', 'update `mo_cdc`.`fences` set window = 1', 'select 1 from `d`.`t`', 'set sql_mode = 1'])(
  '%s is none',
  (sql) => {
    expect(writeOf(sql)).toBeUndefined();
  },
);

it('is told of a lost sink alone', () => {
  expect(withLastWrite(new CdcError('SINK_UNREACHABLE', 'x'), 'w').lostAfter).toBe('w');
  expect(withLastWrite(new CdcError('SINK_ERROR', 'x'), 'w').lostAfter).toBeUndefined();
  expect(withLastWrite(new CdcError('SOURCE_UNREACHABLE', 'x'), 'w').lostAfter).toBeUndefined();
});
