import { expect, test } from 'vitest';
import { ordersAlike as matrixoneOrdersAlike } from '../../../lib/matrixone/sink/key-order.ts';
import { ordersAlike } from '../../../lib/mysql/key-order.ts';

const UTF8 = 'character set utf8mb4 collate utf8mb4_nopad_bin';

test.each([
  ['int', 'int(11)', true],
  ['bigint unsigned', 'decimal(20,0)', true],
  ['bool', 'tinyint(1)', true],
  ['bit(9)', 'bit(9)', true],
  ['year', 'year(4)', true],
  ['bigint', `varchar(20) ${UTF8}`, false],
  ['bigint', 'double', false],
  ['double', 'double', true],
  ['double', 'float', false],
  ['decimal(38,10)', 'decimal(38,10)', true],
  ['decimal(38,10)', 'decimal(38,9)', false],
  ['decimal(38,37)', `varchar(41) ${UTF8}`, false],
  ['decimal(38,38)', 'decimal(38,38)', false],
  ['date', 'date', true],
  ['datetime(6)', 'datetime(6)', true],
  ['datetime(6)', 'datetime', false],
  ['datetime', 'datetime(3)', true],
  ['timestamp(6)', 'datetime(6)', true],
  ['time(6)', 'time(6)', true],
  ['time(6)', `varchar(32) ${UTF8}`, false],
  ['char(10)', `varchar(10) ${UTF8}`, true],
  ['varchar(10)', 'longtext character set utf8mb4 collate utf8mb4_0900_bin', true],
  ['varchar(10)', 'varbinary(40)', true],
  ['varchar(10)', 'varchar(10) character set utf8mb4 collate utf8mb4_general_ci', false],
  ['varchar(10)', 'varchar(10) character set latin1 collate latin1_nopad_bin', false],
  ['uuid', `char(36) ${UTF8}`, true],
  ['uuid', 'uuid', false],
  ['binary(4)', 'binary(4)', true],
  ['varbinary(4)', `varchar(4) ${UTF8}`, false],
  ["enum('a','b')", `enum('a','b') ${UTF8}`, false],
  ["set('a','b')", `set('a','b') ${UTF8}`, false],
  ['json', 'json', false],
  ['varchar(10)', '', false],
])('MySQL: %s at the source, %s at the sink: %s', (type, sinkType, alike) => {
  expect(ordersAlike(type, sinkType)).toBe(alike);
});

test.each([
  ['decimal(38,37)', 'decimal(38,37)', true],
  ['int', 'bigint unsigned', true],
  ['varchar(10)', 'text', true],
  ["set('A','b')", "set('a','b')", true],
  ["enum('a','b')", "enum('b','a')", false],
  ['int', 'varchar(10)', false],
  ['uuid', 'varchar(36)', false],
  ['int', '', false],
])('MatrixOne: %s at the source, %s at the sink: %s', (type, sinkType, alike) => {
  expect(matrixoneOrdersAlike(type, sinkType)).toBe(alike);
});
