import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { sinkFixture } from '../../support/database-sinks.ts';

test('a sink table of MySQL whose column is a geometry is refused, for it takes no text', async () => {
  const db = `cdc_geo_${randomBytes(4).toString('hex')}`;
  const fixture = await sinkFixture('mysql');
  const definition =
    'CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `g` point srid 4326 DEFAULT NULL,\n  PRIMARY KEY (`id`)\n)';
  const table = {
    name: { database: db, table: 't' },
    schema: declaredSchema({ database: 'x', table: 't' }, '1', definition),
  };
  const sink = fixture.open('geometry', `${db}_books`);
  try {
    await fixture.client.run(`create database ${db}`, `create table ${db}.t (id int primary key, g point)`);
    const refused = await sink.check([table], 'refuse');
    expect(refused.map(({ code, found }) => [code, /column g\b/u.test(found)])).toEqual([
      ['SINK_TABLE_MISMATCH', true],
    ]);
    await fixture.client.run(
      `drop table ${db}.t`,
      `create table ${db}.t (id int primary key, g longtext, shape geometry as (st_geomfromtext(g)) stored)
       default charset utf8mb4 collate ${fixture.noPad}`,
    );
    expect(await sink.check([table], 'refuse')).toEqual([]);
    await sink.createTable(table);
  } finally {
    await sink.close();
    await fixture.client.run(`drop database if exists ${db}`, `drop database if exists ${db}_books`);
    await fixture.close();
  }
});

test('… and so is a vector, for it takes none either', async ({ skip }) => {
  const db = `cdc_vec_${randomBytes(4).toString('hex')}`;
  const fixture = await sinkFixture('mysql');
  const definition = 'CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `v` vecf32(2) DEFAULT NULL,\n  PRIMARY KEY (`id`)\n)';
  const table = {
    name: { database: db, table: 't' },
    schema: declaredSchema({ database: 'x', table: 't' }, '1', definition),
  };
  const sink = fixture.open('vector', `${db}_books`);
  try {
    await fixture.client.run(`create database ${db}`);
    await fixture.client
      .run(`create table ${db}.t (id int primary key, v vector(2))`)
      .catch(() => skip('It has no such type.'));
    const refused = await sink.check([table], 'refuse');
    expect(refused.map(({ code, found }) => [code, /column v\b/u.test(found)])).toEqual([
      ['SINK_TABLE_MISMATCH', true],
    ]);
  } finally {
    await sink.close();
    await fixture.client.run(`drop database if exists ${db}`, `drop database if exists ${db}_books`);
    await fixture.close();
  }
});
