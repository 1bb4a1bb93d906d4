import { expect, test } from 'vitest';
import { tableKey } from '../../lib/task/task.ts';
import type { Claim, ClaimedChunk } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { batches, open, row, type SinkWorld } from './sink-world.ts';

const SHORT = 1_000;
const LONG = 60_000;

const claim = (owner: string, more: Partial<Claim> = {}): Claim => ({
  generation: 1,
  owner,
  workers: 1,
  except: [],
  ...more,
});

/** Ranges of single keys, and what comes after them. */
const ranges = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    lower: i === 0 ? undefined : [Buffer.from(`after ${i}`)],
    upper: i === count - 1 ? undefined : [Buffer.from(`after ${i + 1}`)],
  }));

/** Loads by several workers: each has a sink object, and so connections, of its own. */
export function describeSharing(world: SinkWorld): void {
  const loadOne = (sink: Sink, table: SinkTable, chunk: ClaimedChunk): Promise<number> =>
    sink.loadChunk(table, 1, chunk, batches([row(chunk.number, 'a', chunk.number)]));

  async function shared(chunks: number, places: number): Promise<{ sink: Sink; table: SinkTable }> {
    const sink = await world.newTask();
    const table = await world.created(sink);
    await sink.openPlaces('first', places);
    await sink.planLoad(table, 1, { ranges: ranges(chunks), use: 'shared' }, 'refuse');
    return { sink, table };
  }

  async function joined(place: number, owner: string, milliseconds = LONG): Promise<Sink> {
    const loader = world.openSink();
    await loader.join(1);
    expect(await loader.holdPlace(place, owner, milliseconds)).toBe(true);
    return loader;
  }

  test('hands each chunk to one of several workers, who load all of them', async () => {
    const { sink, table } = await shared(60, 4);
    const workers = [sink, await joined(1, 'b'), await joined(2, 'c'), await joined(3, 'd')];
    const loaded: number[] = [];
    await Promise.all(
      workers.map(async (worker, number) => {
        const mine = claim(['first', 'b', 'c', 'd'][number] ?? '', { workers: 4 });
        for (;;) {
          const chunks = await worker.claimChunks(mine);
          if (chunks.length === 0) return;
          for (const chunk of chunks) {
            expect(chunk).toMatchObject({ claimedBy: mine.owner, done: false });
            await loadOne(worker, table, chunk);
            loaded.push(chunk.number);
          }
        }
      }),
    );
    expect(loaded.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(await world.contents(table)).toHaveLength(60);
    const name = `${table.name.database}.${table.name.table}`;
    expect(await sink.plans(1)).toEqual(new Map([[name, { chunks: 60, chunksDone: 60, rows: 60 }]]));
    expect(await sink.plans(2)).toEqual(new Map());
  });

  test('gives a place to one at a time, by the clock of the server', async () => {
    const { sink } = await shared(1, 3);
    const [b, c] = [world.openSink(), world.openSink()];
    expect(await sink.freePlaces()).toEqual([1, 2]);
    expect(await sink.holdPlace(0, 'somebody', LONG)).toBe(false);
    expect(await b.holdPlace(3, 'b', LONG)).toBe(false);
    const asked = await Promise.all([b.holdPlace(1, 'b', SHORT), c.holdPlace(1, 'c', SHORT)]);
    expect(asked.filter((given) => given)).toHaveLength(1);
    const [has, lacks] = asked[0] ? (['b', 'c'] as const) : (['c', 'b'] as const);
    // Kept by who has it, in the same second too.
    expect(await b.holdPlace(1, has, SHORT)).toBe(true);
    expect(await b.holdPlace(1, has, SHORT)).toBe(true);
    expect(await c.holdPlace(1, lacks, LONG)).toBe(false);
    expect(await sink.freePlaces()).toEqual([2]);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect(await sink.freePlaces()).toEqual([1, 2]);
    expect(await c.holdPlace(1, lacks, LONG)).toBe(true);
    expect(await c.holdPlace(1, lacks, 0)).toBe(true);
    expect(await sink.freePlaces()).toEqual([1, 2]);
  }, 20_000);

  test('hands the chunks of those who are gone to others, who alone can load them then', async () => {
    const { sink, table } = await shared(2, 2);
    const gone = await joined(1, 'gone');
    const [claimed] = await gone.claimChunks(claim('gone'));
    const rest = await sink.claimChunks(claim('first'));
    expect([claimed?.number, ...rest.map(({ number }) => number)].sort()).toEqual([1, 2]);
    expect(await sink.claimChunks(claim('first'))).toEqual([]);
    await gone.holdPlace(1, 'gone', 0);
    expect(await gone.claimChunks(claim('gone'))).toEqual([]);
    const [taken] = await sink.claimChunks(claim('first'));
    expect(taken?.number).toBe(claimed?.number);
    await expect(loadOne(gone, table, claimed as ClaimedChunk)).rejects.toMatchObject({ code: 'FENCED' });
    expect(await loadOne(sink, table, taken as ClaimedChunk)).toBe(1);
    expect(await world.contents(table)).toHaveLength(1);
  });

  test('takes back what was claimed, and leaves out tables that are not wanted', async () => {
    const { sink, table } = await shared(1, 1);
    const other = await world.created(sink);
    await sink.planLoad(other, 1, { ranges: [open], use: 'shared' }, 'refuse');
    const except = [tableKey(table.name)];
    const [chunk] = await sink.claimChunks(claim('first', { except }));
    expect(chunk?.table).toBe(`${other.name.database}.${other.name.table}`);
    expect(await sink.claimChunks(claim('first', { except }))).toEqual([]);
    await sink.releaseChunk(1, chunk as ClaimedChunk);
    expect(await sink.claimChunks(claim('first', { except }))).toEqual([chunk]);
  });

  test('hands out nothing of plans that are one worker’s own', async () => {
    const { sink, table } = await shared(1, 2);
    const own = await world.created(sink);
    const loader = await joined(1, 'b');
    await sink.planLoad(own, 1, { ranges: [open] }, 'refuse');
    const [shares] = await loader.claimChunks(claim('b'));
    expect(shares?.table).toBe(`${table.name.database}.${table.name.table}`);
    expect(await loader.claimChunks(claim('b'))).toEqual([]);
    expect(await sink.claimChunks(claim('first'))).toEqual([]);
    const [chunk] = (await sink.chunks(own, 1)) ?? [];
    const claimedBy = 'b';
    const stolen = loader.loadChunk(own, 1, { ...(chunk as ClaimedChunk), claimedBy }, batches([row(1, 'a', 1)]));
    await expect(stolen).rejects.toMatchObject({ code: 'FENCED' });
  });

  test('an older epoch has no place, claims nothing and loads nothing', async () => {
    const { table } = await shared(3, 2);
    const old = await joined(1, 'old');
    const [chunk] = await old.claimChunks(claim('old'));
    const newer = world.openSink();
    await newer.takeOver(2);
    await expect(loadOne(old, table, chunk as ClaimedChunk)).rejects.toMatchObject({ code: 'FENCED' });
    expect(await old.claimChunks(claim('old'))).toEqual([]);
    expect(await old.holdPlace(1, 'old', LONG)).toBe(false);
    await newer.openPlaces('second', 2);
    await expect(world.openSink().join(1)).rejects.toMatchObject({ code: 'FENCED' });
    expect(await old.holdPlace(1, 'old', LONG)).toBe(true);
    expect(await old.claimChunks(claim('old'))).toEqual([]);
    expect(await newer.claimChunks(claim('second'))).toHaveLength(1);
    expect(await world.contents(table)).toEqual([]);
  });

  test('a further attempt of the same epoch keeps who has a place, and waits for no chunk under way', async () => {
    const { sink, table } = await shared(2, 3);
    const loader = await joined(1, 'b');
    const [chunk] = await loader.claimChunks(claim('b'));
    const first = Promise.withResolvers<undefined>();
    async function* held() {
      yield [row(7, 'a', 7)];
      first.resolve(undefined);
      await again.promise;
      yield [row(8, 'a', 8)];
    }
    const again = Promise.withResolvers<undefined>();
    const loading = loader.loadChunk(table, 1, chunk as ClaimedChunk, held());
    await first.promise;
    await sink.takeOver(1);
    await sink.openPlaces('again', 2);
    expect(await sink.freePlaces()).toEqual([]);
    again.resolve(undefined);
    expect(await loading).toBe(2);
    expect(await sink.claimChunks(claim('first'))).toEqual([]);
    expect(await sink.claimChunks(claim('again'))).toHaveLength(1);
  });

  test('plans a table while a chunk of another one is under way', async () => {
    const { sink, table } = await shared(2, 2);
    const loader = await joined(1, 'b');
    const [chunk] = await loader.claimChunks(claim('b'));
    const [begun, planned] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    async function* held() {
      yield [row(7, 'a', 7)];
      begun.resolve(undefined);
      await planned.promise;
    }
    const loading = loader.loadChunk(table, 1, chunk as ClaimedChunk, held());
    // Until its first row has been asked for, the chunk may not be locked yet.
    await begun.promise;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const other = await world.created(sink);
    try {
      await sink.planLoad(other, 1, { ranges: ranges(3), use: 'shared' }, 'refuse');
      // Once more, as after an answer that was lost.
      await sink.planLoad(other, 1, { ranges: ranges(2), use: 'shared' }, 'refuse');
    } finally {
      planned.resolve(undefined);
    }
    expect(await loading).toBe(1);
    expect(await sink.chunks(other, 1)).toHaveLength(2);
  }, 30_000);

  test('tasks that begin and end at the same time are not in each other’s way', async () => {
    const tasks: { sink: Sink; table: SinkTable }[] = [];
    for (let i = 0; i < 12; i += 1) {
      const sink = await world.newTask();
      tasks.push({ sink, table: await world.created(sink) });
    }
    await Promise.all(
      tasks.map(async ({ sink, table }, i) => {
        for (let generation = 1; generation <= 4; generation += 1) {
          await sink.takeOver(generation + 1);
          await sink.openPlaces(`first ${i}`, 4);
          await sink.planLoad(table, generation, { ranges: ranges(40), use: 'shared' }, 'refuse');
          await sink.openPlaces(`again ${i}`, 3);
          await sink.forgetChunks();
        }
      }),
    );
  }, 60_000);

  test('forgets places with the plans, and with the task', async () => {
    const { sink } = await shared(1, 2);
    await sink.forgetChunks();
    expect(await sink.holdPlace(1, 'b', LONG)).toBe(false);
    await sink.openPlaces('first', 2);
    expect(await sink.holdPlace(1, 'b', LONG)).toBe(true);
    await sink.forget(1);
    expect(await sink.holdPlace(1, 'b', LONG)).toBe(false);
    expect(await sink.freePlaces()).toEqual([]);
  });
}
