import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memorySchema } from '../../support/memory-source.ts';
import type { SinkFixture } from '../../contracts/sink-world.ts';
import { sinkFixture } from '../../support/database-sinks.ts';

const db = `cdc_collation_${randomBytes(4).toString('hex')}`;
const table = { name: { database: db, table: 't' }, schema: memorySchema({ database: 'x', table: 't' }) };
let fixture: SinkFixture;

beforeAll(async () => {
  fixture = await sinkFixture('mysql');
  await fixture.client.run(`create database ${db}`);
});
afterAll(async () => {
  await fixture.client.run(`drop database ${db}`, `drop database if exists ${db}_books`);
  await fixture.close();
});

test.each([
  ['utf8mb4_general_ci', 'SINK_TABLE_MISMATCH'],
  ['utf8mb4_nopad_bin', undefined],
])('a sink table with a unique column that is compared by %s: %s', async (collation, code) => {
  await fixture.client.run(
    `create or replace table ${db}.t (id varchar(20) collate utf8mb4_nopad_bin primary key,
     v varchar(20) collate ${collation}, own varchar(9) collate utf8mb4_general_ci, unique key u (v), unique key o (own))`,
  );
  const sink = fixture.open('collation', `${db}_books`);
  expect((await sink.check([table], 'refuse')).map((complaint) => complaint.code)).toEqual(
    code === undefined ? [] : [code],
  );
  await sink.close();
});

test.each([
  ['utf8mb4_general_ci', 'SINK_TABLE_MISMATCH'],
  ['utf8mb4_bin', 'SINK_TABLE_MISMATCH'],
  ['the one of the product’s tables', undefined],
])('a sink table whose key is compared by %s: %s', async (collation, code) => {
  await fixture.client.run(
    `drop table if exists ${db}.t`,
    `create table ${db}.t (id varchar(20) primary key, v varchar(20) collate utf8mb4_general_ci)
     default charset utf8mb4 collate ${code === undefined ? fixture.noPad : collation}`,
  );
  const sink = fixture.open('collation', `${db}_books`);
  const complaints = await sink.check([table], 'refuse');
  expect(complaints.map((complaint) => complaint.code)).toEqual(code === undefined ? [] : [code]);
  if (code === undefined) await sink.createTable(table);
  else await expect(sink.createTable(table)).rejects.toMatchObject({ code });
  await sink.close();
});
