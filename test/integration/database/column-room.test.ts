import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holds } from '../../../lib/sink/schema/column-room.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

let servers: TestServers;
let client: SqlClient;
const database = `cdc_room_${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  servers = await testServers();
  client = new SqlClient(servers.mysqlSinkUri);
  await client.run(`create database ${database} default charset = utf8mb4`, `use ${database}`);
  await client.run(`set sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`);
});
afterAll(async () => {
  await client.run(`drop database if exists ${database}`);
  client.close();
  await servers.stop();
});

/** Types, each with the values that need the most room. */
const TYPES: Record<string, string[]> = {
  tinyint: ['-128', '127'],
  'tinyint unsigned': ['0', '255'],
  int: ['-2147483648', '2147483647'],
  'int(11)': ['-2147483648', '2147483647'],
  'int unsigned': ['0', '4294967295'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  'bigint unsigned': ['0', '18446744073709551615'],
  'decimal(10,2)': ['-99999999.99', '99999999.99'],
  'decimal(12,2)': ['-9999999999.99', '9999999999.99'],
  'decimal(12,6)': ['-999999.999999', '999999.999999'],
  double: ['1e300'],
  datetime: [`'2026-12-31 23:59:59'`],
  'datetime(6)': [`'2026-12-31 23:59:59.999999'`],
  date: [`'2026-12-31'`],
  'time(3)': [`'-838:59:58.999'`],
  'varchar(5)': [`'🚀🚀🚀🚀🚀'`, `'12345'`],
  'varchar(5) character set latin1 collate latin1_bin': [`'grün.'`],
  'varchar(20)': [`'${'🚀'.repeat(20)}'`, `'12345678901234567890'`],
  'varchar(16000)': [`'${'🚀'.repeat(16_000)}'`],
  text: [`'${'x'.repeat(65_535)}'`],
  longtext: [`'${'x'.repeat(70_000)}'`],
  'varbinary(5)': [`x'ff00ff00ff'`],
  'binary(5)': [`x'ff00ff0000'`],
  "enum('a','b')": [`'b'`],
  "enum('b')": [`'b'`],
  json: [`'{"a": 1}'`],
  'bit(1)': [`b'1'`],
  'bit(9)': [`b'100000001'`],
};

it('a column said to hold another type takes its largest values as they are, and gets that type with them', async () => {
  let holding = 0;
  for (const present of Object.keys(TYPES)) {
    for (const [wanted, values] of Object.entries(TYPES)) {
      if (!holds(present, wanted)) continue;
      holding += 1;
      const rows = values.map((value) => `(${value})`).join(', ');
      await client.run('drop table if exists room, alone', `create table room (c ${present})`);
      await client.run(`create table alone (c ${wanted})`, `insert into alone values ${rows}`);
      await client.run(`insert into room values ${rows}`, `alter table room modify column c ${wanted}`);
      expect(await client.sorted('select hex(c) from room'), `${present} for ${wanted}`).toEqual(
        await client.sorted('select hex(c) from alone'),
      );
    }
  }
  expect(holding).toBeGreaterThan(Object.keys(TYPES).length);
});

it.each([
  ['bigint', 'int', true],
  ['BIGINT(20) unsigned', 'int unsigned', true],
  ['int', 'bigint', false],
  ['int', 'int unsigned', false],
  ['int', 'datetime', false],
  ['varchar(40) character set utf8mb4 collate utf8mb4_nopad_bin', 'varchar(20)', true],
  ['varchar(20)', 'varchar(40)', false],
  ['longtext', 'varchar(200)', true],
  ['datetime(6)', 'datetime', true],
  ['datetime', 'datetime(6)', false],
  ['decimal(12,2)', 'decimal(10,2)', true],
  ['decimal(12,6)', 'decimal(10,2)', false],
  ["enum('a','b')", "enum('a')", false],
])('a column of type %s for %s: %s', (present, wanted, does) => {
  expect(holds(present, wanted)).toBe(does);
});
