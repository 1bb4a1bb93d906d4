import { expect, test } from 'vitest';
import type { Row } from '../../lib/data/change.ts';
import type { Chunk } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { open, put, step, type SinkWorld } from './sink-world.ts';

const range = (lower: string | undefined, upper: string | undefined) => {
  const end = (text: string | undefined) => (text === undefined ? undefined : [Buffer.from(text)]);
  return { lower: end(lower), upper: end(upper) };
};

async function read(sink: Sink, table: SinkTable, ...ends: Parameters<typeof range>): Promise<string[]> {
  const rows: Row[] = [];
  for await (const batch of sink.readRange(table, range(...ends))) rows.push(...batch);
  return rows.map((values) => values.map(String).join('|')).sort();
}

/** What a resync needs: reading the table, altering it, and chunks that a batch completes. */
export function describeResync(world: SinkWorld): void {
  test('reads the rows of a key range, its upper end included', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await world.apply(sink, t, step(1, 0), put(1, 'a', 1), put(2, 'b', 2), put(3, null, null));
    expect(await read(sink, t, undefined, undefined)).toEqual(['1|a|1', '2|b|2', '3|null|null']);
    expect(await read(sink, t, '1', '2')).toEqual(['2|b|2']);
    expect(await read(sink, t, '2', undefined)).toEqual(['3|null|null']);
  });

  test('sums up a key range, where it can, and tells no lies about columns of another kind', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    const sum = (...ends: Parameters<typeof range>) => sink.checksum(t, range(...ends));
    await world.apply(sink, t, step(1, 0), put(1, 'a', 1), put(2, null, 2), put(3, 'c', null));
    const whole = await sum(undefined, undefined);
    expect([whole?.rows, (await sum('1', '2'))?.rows, (await sum('3', undefined))?.rows]).toEqual([3, 1, 0]);
    await world.apply(sink, t, step(2, 0), put(2, '', 2));
    expect(await sum(undefined, undefined)).not.toEqual(whole);
    await world.apply(sink, t, step(3, 0), put(2, null, 2));
    expect(await sum(undefined, undefined)).toEqual(whole);
    const buckets = async (): Promise<unknown[]> =>
      [...((await sink.bucketSums(t, range(undefined, undefined), 2)) ?? [])].sort(([a], [b]) => a - b);
    const before = await buckets();
    await world.apply(sink, t, step(4, 0), put(2, 'b', 2));
    const changed = (await buckets()).filter((bucket, i) => JSON.stringify(bucket) !== JSON.stringify(before[i]));
    expect(changed).toHaveLength(1);
    await world.fixture.client.run(
      `alter table ${world.database}.${t.name.table} modify column v ${sink.rowHash === 'text' ? 'varbinary' : 'varchar'}(60)`,
    );
    expect(await sum(undefined, undefined)).toBeUndefined();
    expect(await sink.bucketSums(t, range(undefined, undefined), 2)).toBeUndefined();
    await world.fixture.client.run(`drop table ${world.database}.${t.name.table}`);
    expect(await sum(undefined, undefined)).toBeUndefined();
  });

  test('gives a table other columns and another key, and keeps its rows', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await world.apply(sink, t, step(1, 0), put(1, 'a', 1), put(2, 'b', 2));
    const other = world.table(`\`id\` bigint NOT NULL,
  \`w\` varchar(10) DEFAULT 'x',
  \`v\` varchar(60) NOT NULL,
  PRIMARY KEY (\`v\`,\`id\`)`);
    const altered = { ...other, name: t.name };
    await sink.alterTable(altered, t.schema, 'all');
    await sink.alterTable(altered, t.schema, 'all');
    await world.apply(sink, altered, step(2, 0), put(5_000_000_000, null, 'a'));
    const columns = await world.fixture.client.query(
      `select id, v from \`${world.database}\`.\`${t.name.table}\` order by id`,
    );
    expect(columns.map((values) => values.map(String).join('|'))).toEqual(['1|a', '2|b', '5000000000|a']);
    await expect(world.created(sink, { ...altered, schema: t.schema })).rejects.toMatchObject({
      code: 'SINK_TABLE_MISMATCH',
    });
  });

  test('keeps columns that only the sink has, also those that refuse every row', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    const at = `${world.database}.${t.name.table}`;
    await world.fixture.client.run(`alter table ${at} add column own varchar(9)`);
    await world.apply(sink, t, step(1, 0), put(1, 'a', 1));
    const other = world.table('`id` int NOT NULL,\n  `w` int DEFAULT NULL,\n  PRIMARY KEY (`id`)');
    await sink.alterTable({ ...other, name: t.name }, t.schema, 'all');
    expect(await world.fixture.client.sorted(`select id, w, own from ${at}`)).toEqual(['1|NULL|NULL']);
    await expect(world.fixture.client.query(`select v from ${at}`)).rejects.toThrow();

    await world.fixture.client.run(
      `drop table ${at}`,
      `create table ${at} (id int primary key, v varchar(50), u int, need int not null)`,
    );
    await expect(sink.createTable(t)).rejects.toThrow(/need besides, .*give it a default, or allow NULL/u);
    expect((await sink.check([t], 'refuse')).map(({ code }) => code)).toEqual(['SINK_TABLE_MISMATCH']);
    await expect(sink.alterTable(t, undefined, 'all')).rejects.toMatchObject({ code: 'SINK_TABLE_MISMATCH' });
    await world.fixture.client.run(`alter table ${at} modify column need int default 7`);
    await sink.alterTable(t, undefined, 'all');
    await world.apply(sink, t, step(2, 0), put(2, 'b', 2));
    expect(await world.contents(t)).toEqual(['2|b|2|7']);
  });

  test('empties a table whose rows do not fit the new key', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await world.apply(sink, t, step(1, 0), put(1, 'same', 1), put(2, 'same', 2));
    const other = world.table('`id` int DEFAULT NULL,\n  `v` varchar(50) NOT NULL,\n  PRIMARY KEY (`v`)');
    await sink.alterTable({ ...other, name: t.name }, t.schema, 'all');
    expect(await world.contents(t)).toEqual([]);
  });

  test('takes values away that a new type would make one, where all rows follow', async () => {
    const sink = await world.newTask();
    const columns = (type: string): string =>
      `\`id\` int NOT NULL,\n  \`u\` ${type} DEFAULT NULL,\n  PRIMARY KEY (\`id\`),\n  UNIQUE KEY \`uu\` (\`u\`)`;
    const t = await world.created(sink, world.table(columns('varchar(9)')));
    await world.apply(sink, t, step(1, 0), put(1, '1'), put(2, '01'));
    const other = { ...world.table(columns('int')), name: t.name };
    await sink.alterTable(other, t.schema, 'all');
    expect((await world.contents(t)).map((line) => line.split('|')[0])).toEqual(['1', '2']);
    await world.apply(sink, other, step(2, 0), put(1, 1), put(2, 100_000));
    await sink.finishTable(other, t.schema);
    expect(await world.contents(t)).toEqual(['1|1', '2|100000']);
    await expect(world.apply(sink, other, step(3, 0), put(3, 1))).rejects.toMatchObject({ code: 'SINK_DUPLICATE_KEY' });
  });

  test('a batch completes a chunk once, in its own transaction', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await world.apply(sink, t, step(1, 0), put(1, 'stays', 1));
    await sink.planLoad(t, 1, { ranges: [open] }, 'keep');
    expect(await world.contents(t)).toEqual(['1|stays|1']);
    const [chunk] = (await sink.chunks(t, 1)) as [Chunk];
    const at = { ...step(1, 1), chunk: { table: t, generation: 1, chunk: { ...chunk, rows: 7 } } };
    await world.apply(sink, t, at, put(2, 'b', 2));
    expect(await sink.chunks(t, 1)).toEqual([{ ...chunk, done: true, rows: 7 }]);
    await expect(world.apply(sink, t, at, put(3, 'c', 3))).rejects.toMatchObject({ code: 'FENCED' });
    expect(await world.contents(t)).toEqual(['1|stays|1', '2|b|2']);
  });
}
