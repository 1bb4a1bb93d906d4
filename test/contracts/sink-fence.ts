import { expect, test } from 'vitest';
import type { Row } from '../../lib/data/change.ts';
import type { Chunk } from '../../lib/replication/endpoints/chunk-plans.ts';
import { batches, del, open, put, row, step, type SinkWorld } from './sink-world.ts';

/** Who may write, and to which tables. */
export function describeFence(world: SinkWorld): void {
  test('the fence remembers its position and refuses lower epochs', async () => {
    const first = await world.newTask();
    const t = await world.created(first);
    expect(await first.takeOver(1)).toEqual({ window: 0, batch: 0 });
    await world.apply(first, t, step(0, 1), put(1, 'a', 1));
    const whole = step(1, 0, '1795472299911542797-1', 7);
    await world.apply(first, t, whole, put(2, 'b', 2));
    const second = world.openSink();
    expect(await second.takeOver(3)).toEqual(whole);
    await expect(world.openSink().takeOver(2)).rejects.toMatchObject({ code: 'FENCED' });
    await expect(world.apply(first, t, step(1, 1), put(3, 'c', 3))).rejects.toMatchObject({ code: 'FENCED' });
    await expect(world.apply(first, t, step(1, 1), put(3, 'c', 3))).rejects.toThrow('taken over');
    expect(await world.contents(t)).toEqual(['1|a|1', '2|b|2']);
    await world.apply(second, t, step(2, 0), del(1, null, null));
    expect(await world.contents(t)).toEqual(['2|b|2']);
  });

  test('two workers that start at once both get on, one after the other', async () => {
    world.nextTask();
    const results = await Promise.allSettled([world.openSink().takeOver(1), world.openSink().takeOver(2)]);
    expect(results[1]).toMatchObject({ status: 'fulfilled', value: { window: 0, batch: 0 } });
  });

  test('tables are created and planned side by side, each moving the fence', async () => {
    const sink = await world.newTask();
    const tables = Array.from({ length: 6 }, () => world.simple());
    await Promise.all(
      tables.map(async (t) => {
        await sink.createTable(t);
        await sink.planLoad(t, 1, { ranges: [open] }, 'refuse');
      }),
    );
    for (const t of tables) expect(await sink.chunks(t, 1)).toHaveLength(1);
  });

  test('a newer epoch fences a table that is not there, and only such a one', async () => {
    const old = await world.newTask();
    const [there, gone] = [world.simple(), world.simple()];
    await old.createTable(there);
    await old.createTable(gone);
    const newer = world.openSink();
    await newer.takeOver(2);
    await newer.dropTable(gone.name);
    await old.createTable(there);
    await expect(old.createTable(gone)).rejects.toMatchObject({ code: 'FENCED' });
    await expect(world.contents(gone)).rejects.toThrow(/exist/u);
    await newer.createTable(gone);
    expect(await world.contents(gone)).toEqual([]);
  });

  test('a newer epoch fences chunks, planning and forgetting', async () => {
    const old = await world.newTask();
    const t = await world.created(old);
    await old.planLoad(t, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await old.chunks(t, 1)) as [Chunk];
    const newer = world.openSink();
    await newer.takeOver(2);
    await expect(old.loadChunk(t, 1, chunk, batches([row(1, 'a', 1)]))).rejects.toMatchObject({ code: 'FENCED' });
    await expect(old.planLoad(t, 2, { ranges: [open] }, 'replace')).rejects.toMatchObject({ code: 'FENCED' });
    await expect(old.forget(1)).rejects.toMatchObject({ code: 'FENCED' });
    expect(await newer.loadChunk(t, 1, chunk, batches([row(1, 'a', 1)]))).toBe(1);
    await newer.forget(2);
    expect(await newer.chunks(t, 1)).toBeUndefined();
    expect(await world.contents(t)).toEqual(['1|a|1']);
    expect(await world.openSink().takeOver(1)).toEqual({ window: 0, batch: 0 });
  });

  test('a frozen worker that is cut off leaves nothing and lets its successor in', async () => {
    const abort = new AbortController();
    world.nextTask();
    const frozen = world.openSink(abort.signal);
    await frozen.takeOver(1);
    const t = await world.created(frozen);
    await frozen.planLoad(t, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await frozen.chunks(t, 1)) as [Chunk];
    const { promise: wait, resolve: started } = Promise.withResolvers<undefined>();
    async function* stuck(): AsyncGenerator<Row[]> {
      yield [row(1, 'zombie', 1)];
      started(undefined);
      await new Promise(() => undefined);
    }
    const reason = new Error('frozen');
    const loading = frozen.loadChunk(t, 1, chunk, stuck());
    await wait;
    abort.abort(reason);
    await expect(loading).rejects.toBe(reason);
    await expect(frozen.takeOver(5)).rejects.toBe(reason);
    const successor = world.openSink();
    expect(await successor.takeOver(2)).toEqual({ window: 0, batch: 0 });
    expect(await successor.loadChunk(t, 1, chunk, batches([row(1, 'mine', 1)]))).toBe(1);
    expect(await world.contents(t)).toEqual(['1|mine|1']);
  });

  test('existing tables are taken when they fit, whatever the order of their columns', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await sink.createTable(t);
    const fits = world.simple();
    const lacks = world.simple();
    const otherKey = world.simple();
    await world.fixture.client.run(
      `create table ${world.database}.${fits.name.table} (extra int, u int, v varchar(60), id bigint primary key)`,
      `create table ${world.database}.${lacks.name.table} (u int, id bigint primary key)`,
      `create table ${world.database}.${otherKey.name.table} (id int, v varchar(50), u int primary key)`,
      `insert into ${world.database}.${fits.name.table} values (1, 2, 'v', 3)`,
    );
    await sink.createTable(fits);
    await world.apply(sink, fits, step(1, 0), put(3, 'new', 4));
    expect(await world.contents(fits)).toEqual(['NULL|4|new|3']);
    await expect(sink.createTable(lacks)).rejects.toMatchObject({ code: 'SINK_TABLE_MISMATCH' });
    await expect(sink.createTable(lacks)).rejects.toThrow(/lacks the column v/u);
    await expect(sink.createTable(otherKey)).rejects.toThrow(/primary key \(u\)/u);
    const complaints = await sink.check([t, fits, lacks, otherKey, world.simple()], 'refuse');
    expect(complaints.map((c) => c.code)).toEqual([
      'SINK_TABLE_NOT_EMPTY',
      'SINK_TABLE_MISMATCH',
      'SINK_TABLE_MISMATCH',
    ]);
    expect(await sink.check([t, fits], 'replace')).toEqual([]);
  });

  test.each([
    ['password', 'SINK_ACCESS_DENIED'],
    ['port', 'SINK_UNREACHABLE'],
  ] as const)('a wrong %s is the only complaint', async (how, code) => {
    const broken = world.fixture.openBroken(how);
    world.adopt(broken);
    const complaints = await broken.check([world.simple()], 'refuse');
    expect(complaints.map((c) => c.code)).toEqual([code]);
    expect(JSON.stringify(complaints)).not.toContain('wrong-secret');
  });
}
