import { expect, test } from 'vitest';
import { declaredSchema } from '../support/declared/declared-table.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { batches, del, open, put, row, step, type SinkWorld } from './sink-world.ts';

const TAKING = { changeReader: 'auto', withoutKey: 'replace' } as const;

/** Tables that go by a unique key, or by none. */
export function describeSinkKeys(world: SinkWorld): void {
  const keyless = (columns = '`id` int DEFAULT NULL,\n  `v` varchar(50) DEFAULT NULL'): SinkTable => {
    const { name } = world.table('`id` int NOT NULL,\n  PRIMARY KEY (`id`)');
    return { name, schema: declaredSchema(name, '1', `CREATE TABLE \`${name.table}\` (\n  ${columns}\n)`, TAKING) };
  };

  test('a table without a key is emptied and filled in one transaction, equal rows and all', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink, keyless());
    const other = await world.created(sink);
    await sink.planLoad(t, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await sink.chunks(t, 1)) ?? [];
    if (chunk !== undefined) await sink.loadChunk(t, 1, chunk, batches([row(1, 'a'), row(1, 'a')], [row(null, null)]));
    expect(await world.contents(t)).toEqual(['1|a', '1|a', 'NULL|NULL']);

    const batch = sink.beginBatch('replace');
    await batch.add(t, []);
    await batch.add(t, [put(1, 'a')]);
    await batch.add(other, [put(1, 'x', 1)]);
    await batch.add(t, [put(1, 'a'), put(1, 'a'), put(null, 'b')]);
    expect(await world.contents(t)).toHaveLength(3);
    await batch.commit(step(1, 0));
    expect(await world.contents(t)).toEqual(['1|a', '1|a', '1|a', 'NULL|b']);
    expect(await world.contents(other)).toEqual(['1|x|1']);

    await world.apply(sink, t, step(2, 0));
    expect(await world.contents(t)).toEqual([]);
  });

  test('… also when it is large, and stays as it was without a commit or behind a newer fence', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink, keyless());
    await world.apply(sink, t, step(1, 0), put(1, 'old'), put(1, 'old'));
    const fill = async (from: typeof sink) => {
      const batch = from.beginBatch('replace');
      await batch.add(t, []);
      for (let i = 0; i < 12; i++) {
        await batch.add(
          t,
          Array.from({ length: 500 }, () => put(7, `v${i % 3}`)),
        );
      }
      return batch;
    };
    await (await fill(sink)).rollback();
    expect(await world.contents(t)).toEqual(['1|old', '1|old']);
    const late = await fill(sink);
    const successor = world.openSink();
    await successor.takeOver(2);
    await expect(late.commit(step(2, 0))).rejects.toMatchObject({ code: 'FENCED' });
    expect(await world.contents(t)).toEqual(['1|old', '1|old']);
    await (await fill(successor)).commit(step(2, 0));
    const contents = await world.contents(t);
    expect(contents).toHaveLength(6_000);
    expect(contents.filter((line) => line === '7|v1')).toHaveLength(2_000);
    const empty = successor.beginBatch('replace');
    await empty.add(t, []);
    await empty.add(
      await world.created(successor),
      Array.from({ length: 3_000 }, (_, i) => put(i, 'x', i)),
    );
    await empty.commit(step(3, 0));
    expect(await world.contents(t)).toEqual([]);
  });

  test('a table without a key needs a sink table without one', async () => {
    const sink = await world.newTask();
    const t = keyless();
    await world.fixture.client.run(
      `create database if not exists ${world.database}`,
      `create table ${world.database}.${t.name.table} (id int primary key, v varchar(50))`,
    );
    await expect(sink.createTable(t)).rejects.toThrow(/the primary key \(id\), the source table no key/u);
    await sink.alterTable(t, undefined, 'all');
    await world.apply(sink, t, step(1, 0), put(1, 'a'), put(1, 'a'));
    expect(await world.contents(t)).toEqual(['1|a', '1|a']);
  });

  test('numbers that the sink table keeps as texts are told apart to the last digit', async () => {
    const sink = await world.newTask();
    const t = world.table('`k` bigint NOT NULL,\n  `v` int DEFAULT NULL,\n  PRIMARY KEY (`k`)');
    const { noPad } = world.fixture;
    const text = noPad === undefined ? 'varchar(20)' : `varchar(20) character set utf8mb4 collate ${noPad}`;
    await world.fixture.client.run(
      `create database if not exists ${world.database}`,
      `create table ${world.database}.${t.name.table} (k ${text} primary key, v int)`,
    );
    await world.created(sink, t);
    const [one, two] = ['9007199254740992', '9007199254740993'];
    await world.apply(sink, t, step(1, 0), put(one, 1), put(two, 2));
    await world.apply(sink, t, step(2, 0), put(two, 3));
    expect(await world.contents(t)).toEqual([`${one}|1`, `${two}|3`]);
    await world.apply(sink, t, step(3, 0), del(one));
    expect(await world.contents(t)).toEqual([`${two}|3`]);
  });

  test.each([
    ['bit(20)', Buffer.from([0, 0, 5]), Buffer.from([1, 17, 112])],
    ['bool', Buffer.from('1'), Buffer.from('0')],
    ['datetime(6)', Buffer.from('2026-01-01 00:00:00.000001'), Buffer.from('2026-01-01 00:00:00.000002')],
    ['time(6)', Buffer.from('-100:00:00.000001'), Buffer.from('-100:00:00.000002')],
    ['decimal(38,10)', Buffer.from('1234567890123456789012345678.0000000001'), Buffer.from('0.0000000001')],
    ['bigint unsigned', Buffer.from('18446744073709551615'), Buffer.from('9223372036854775808')],
  ])('rows with a key of type %s are found', async (type, one, two) => {
    const sink = await world.newTask();
    for (const columns of ['PRIMARY KEY (`k`)', 'PRIMARY KEY (`g`,`k`)']) {
      const definition = `\`g\` int NOT NULL,\n  \`k\` ${type} NOT NULL,\n  \`v\` int DEFAULT NULL,\n  ${columns}`;
      const t = await world.created(sink, world.table(definition));
      const change = (key: Buffer, v: string | undefined) => ({
        deleted: v === undefined,
        row: [Buffer.from('1'), key, v === undefined ? null : Buffer.from(v)],
      });
      await world.apply(sink, t, step(1, 0), change(one, '1'), change(two, '2'));
      await world.apply(sink, t, step(2, 0), change(one, undefined), change(two, '3'));
      expect((await world.contents(t)).map((line) => line.split('|').at(-1))).toEqual(['3']);
    }
  });

  test('a unique key without NULLs is the key of the sink table, which may have it either way', async () => {
    const sink = await world.newTask();
    const columns = '`n` int DEFAULT NULL,\n  `code` varchar(20) NOT NULL,\n  UNIQUE KEY `code` (`code`)';
    const made = await world.created(sink, world.table(columns));
    expect(made.schema.key).toEqual(['code']);
    const rows = (t: SinkTable, window: number) =>
      world.apply(sink, t, step(window, 0), put(window, 'a'), put(window, 'b'));
    for (const window of [1, 2]) await rows(made, window);
    expect(await world.contents(made)).toEqual(['2|a', '2|b']);

    const { noPad } = world.fixture;
    const utf8 = noPad === undefined ? '' : ` collate ${noPad}`;
    const own = { ...made, name: { ...made.name, table: `${made.name.table}_own` } };
    const at = `${world.database}.${own.name.table}`;
    await world.fixture.client.run(
      `create table ${at} (n int, code varchar(20)${utf8} not null, unique key other (n), unique key code (code))`,
    );
    await sink.createTable(own);
    await world.apply(sink, own, step(3, 0), put(1, 'a'), put(2, 'b'));
    await world.apply(sink, own, step(4, 0), put(5, 'a'));
    expect(await world.contents(own)).toEqual(['2|b', '5|a']);

    await world.fixture.client.run(
      `drop table ${at}`,
      `create table ${at} (n int, code varchar(20), unique key c (code))`,
    );
    await expect(sink.createTable(own)).rejects.toMatchObject({ code: 'SINK_TABLE_MISMATCH' });
  });
}
