import { expect, test } from 'vitest';
import type { Row } from '../../lib/data/change.ts';
import type { Chunk } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import { batches, open, put, row, step, type SinkWorld } from './sink-world.ts';

/** Loading tables chunk by chunk. */
export function describeLoads(world: SinkWorld): void {
  test('loads chunks exactly once, several at a time', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    expect(await sink.chunks(t, 1)).toBeUndefined();
    const ranges = [
      { lower: undefined, upper: [Buffer.from('10')] },
      { lower: [Buffer.from('10')], upper: [Buffer.from(`'"\\`), Buffer.alloc(0), Buffer.from([0, 0xff, 0x1a])] },
      { lower: [Buffer.from(`'"\\`), Buffer.alloc(0), Buffer.from([0, 0xff, 0x1a])], upper: undefined },
    ];
    await sink.planLoad(t, 1, { ranges }, 'refuse');
    const chunks = (await sink.chunks(t, 1)) ?? [];
    const claimedBy = expect.any(String) as unknown;
    expect(chunks).toEqual(ranges.map((range, i) => ({ number: i + 1, range, done: false, rows: 0, claimedBy })));
    const load = (s: Sink, chunk: Chunk): Promise<number> =>
      s.loadChunk(t, 1, chunk, batches([row(chunk.number, 'a', chunk.number)], [row(chunk.number + 10, null, null)]));
    expect(await Promise.all(chunks.map((chunk) => load(sink, chunk)))).toEqual([2, 2, 2]);
    await expect(load(sink, chunks[0] as Chunk)).rejects.toMatchObject({ code: 'FENCED' });
    expect(await world.contents(t)).toEqual([
      '11|NULL|NULL',
      '12|NULL|NULL',
      '13|NULL|NULL',
      '1|a|1',
      '2|a|2',
      '3|a|3',
    ]);
    expect((await sink.chunks(t, 1))?.map((c) => [c.done, c.rows])).toEqual([
      [true, 2],
      [true, 2],
      [true, 2],
    ]);
    await expect(sink.planLoad(t, 2, { ranges: [open] }, 'refuse')).rejects.toMatchObject({
      code: 'SINK_TABLE_NOT_EMPTY',
    });
    await sink.planLoad(t, 2, { ranges: [open] }, 'replace');
    expect(await world.contents(t)).toEqual([]);
    expect(await sink.chunks(t, 2)).toHaveLength(1);
    await sink.forgetChunks();
    expect(await sink.chunks(t, 2)).toBeUndefined();
  });

  test('a plan of an earlier version is gone on with, and one that somebody has written into is not', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    const ends = [[Buffer.from("k'")], [Buffer.from('z'), Buffer.from([0xff])]] as const;
    const ranges = [
      { lower: undefined, upper: ends[0] },
      { lower: ends[0], upper: ends[1] },
      { lower: ends[1], upper: undefined },
    ];
    await sink.planLoad(t, 1, { ranges, use: 'shared' }, 'refuse');
    const { client } = world.fixture;
    const stored = (of: string): Promise<string[]> =>
      client.sorted(`select chunk, ${of} from ${world.books}.chunk where table_name like '%.${t.name.table}'`);
    expect(await stored('lower_key')).toEqual(['1|NULL', '2|["ayc="]', '3|["eg==","/w=="]']);
    expect((await sink.chunks(t, 1))?.map(({ range }) => range)).toEqual(ranges);
    for (const text of ['1 or 1=1', '["1 or 1=1"]', '[null]', '', "''; drop table x -- "]) {
      await client.run(
        `update ${world.books}.chunk set lower_key = '${text.replaceAll("'", "''")}'
         where chunk = 2 and table_name like '%.${t.name.table}'`,
      );
      await expect(sink.chunks(t, 1), text).rejects.toMatchObject({ code: 'FENCE_MISMATCH' });
      await sink.openPlaces('first', 1);
      const claim = { generation: 1, owner: 'first', workers: 1, except: [] };
      await expect(sink.claimChunks(claim), text).rejects.toMatchObject({ code: 'FENCE_MISMATCH' });
    }
    await sink.forgetChunks();
    expect(await sink.chunks(t, 1)).toBeUndefined();
  });

  test('a chunk that fails half-way leaves nothing, and its own error comes out', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await sink.planLoad(t, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await sink.chunks(t, 1)) as [Chunk];
    const broken = new Error('the source broke');
    async function* half(): AsyncGenerator<Row[]> {
      for (let i = 0; i < 100; i++) yield [row(i, 'x'.repeat(50), i)];
      await Promise.reject(broken);
    }
    await expect(sink.loadChunk(t, 1, chunk, half())).rejects.toBe(broken);
    const bad = sink.loadChunk(t, 1, chunk, batches([row(1, 'a', 1), row(2, 'a', 'no number')]));
    await expect(bad).rejects.toMatchObject({ code: world.loadRefusal() });
    if (world.fixture.loadChecksKeys) {
      const twice = sink.loadChunk(t, 1, chunk, batches([row(1, 'a', 1), row(1, 'b', 2)]));
      await expect(twice).rejects.toMatchObject({ code: 'SINK_DUPLICATE_KEY' });
    }
    expect(await world.contents(t)).toEqual([]);
    expect(await sink.chunks(t, 1)).toMatchObject([{ done: false }]);
    expect(await sink.loadChunk(t, 1, chunk, batches([row(1, 'a', 1)]))).toBe(1);
  });

  test('what does not fit a narrower table is refused, by chunks and batches of every size', async () => {
    const sink = await world.newTask();
    const narrow = world.simple();
    await world.fixture.client.run(
      `create database if not exists ${world.database}`,
      `create table ${world.database}.${narrow.name.table} (id int primary key, v varchar(5), u int)`,
    );
    await world.created(sink, narrow);
    await sink.planLoad(narrow, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await sink.chunks(narrow, 1)) as [Chunk];
    const load = (text: string): Promise<number> => {
      const read = () => batches([row(-1, 'a', -1), row(-2, text, -2)]);
      return sink.loadChunk(narrow, 1, chunk, { [Symbol.asyncIterator]: () => read()[Symbol.asyncIterator]() });
    };
    await expect(load('123456')).rejects.toMatchObject({
      code: 'SINK_ROW_REJECTED',
      message: expect.stringMatching(/It refused the row id=-2 of \S+ for its column v\.$/u) as string,
    });
    for (const count of [10, 5000]) {
      const changes = Array.from({ length: count }, (_, i) => put(i, '123456', i));
      const refused = world.apply(sink, narrow, step(1, 0), ...changes);
      await expect(refused).rejects.toMatchObject({ code: 'SINK_ROW_REJECTED' });
    }
    expect(await world.contents(narrow)).toEqual([]);
    expect(await load('12345')).toBe(2);
  });
}
