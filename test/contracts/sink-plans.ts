import { expect, test } from 'vitest';
import type { Chunk } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { KeyRange } from '../../lib/replication/endpoints/source.ts';
import { batches, row, type SinkWorld } from './sink-world.ts';
import { tableKey } from '../../lib/task/task.ts';

const end = (text: string): Buffer[] => [Buffer.from(text)];
const range = (lower: string | undefined, upper: string | undefined): KeyRange => ({
  lower: lower === undefined ? undefined : end(lower),
  upper: upper === undefined ? undefined : end(upper),
});

/** Plans that are stored page by page. The last chunk is the rest until the next page takes its place. */
export function describePlans(world: SinkWorld): void {
  const FIRST = [range(undefined, 'b'), range('b', 'd'), range('d', undefined)];
  const NEXT = [range('d', 'f'), range('f', undefined)];
  const claim = { generation: 1, owner: 'first', workers: 1, except: [] };

  test('nobody claims the rest of a plan, and the next page takes its place once', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    expect(await sink.restOfPlan(t, 1)).toBeUndefined();
    await sink.openPlaces('first', 1);
    await sink.planLoad(t, 1, { ranges: FIRST, use: 'shared', hasRest: true }, 'refuse');
    const rest = (await sink.restOfPlan(t, 1)) as Chunk;
    expect(rest).toMatchObject({ number: 3, range: range('d', undefined), isRest: true });
    const claimed: number[] = [];
    const claimAll = async (): Promise<void> => {
      for (;;) {
        const chunks = await sink.claimChunks(claim);
        if (chunks.length === 0) return;
        for (const chunk of chunks) {
          await sink.loadChunk(t, 1, chunk, batches([row(chunk.number, 'a', chunk.number)]));
          claimed.push(chunk.number);
        }
      }
    };
    await claimAll();
    expect(claimed).toEqual([1, 2]);
    expect((await sink.plans(1)).get(tableKey(t.name))).toMatchObject({
      chunks: 3,
      chunksDone: 2,
    });
    await sink.extendPlan(t, 1, rest, { ranges: NEXT, use: 'shared', hasRest: false });
    expect(await sink.restOfPlan(t, 1)).toBeUndefined();
    await claimAll();
    expect(claimed).toEqual([1, 2, 3, 4]);
    expect((await sink.chunks(t, 1))?.map((chunk) => chunk.range)).toEqual([...FIRST.slice(0, 2), ...NEXT]);
    await expect(sink.extendPlan(t, 1, rest, { ranges: NEXT, use: 'shared', hasRest: false })).rejects.toMatchObject({
      code: 'FENCED',
    });
    expect(await sink.chunks(t, 1)).toHaveLength(4);
  });

  test('a plan of the worker’s own goes on in the same way, and an older worker extends none', async () => {
    const old = await world.newTask();
    const t = await world.created(old);
    await old.planLoad(t, 1, { ranges: FIRST, use: 'own', hasRest: true }, 'keep');
    const rest = (await old.restOfPlan(t, 1)) as Chunk;
    const newer = world.openSink();
    await newer.takeOver(2);
    await expect(old.extendPlan(t, 1, rest, { ranges: NEXT, use: 'own', hasRest: false })).rejects.toMatchObject({
      code: 'FENCED',
    });
    const found = (await newer.restOfPlan(t, 1)) as Chunk;
    await newer.extendPlan(t, 1, found, { ranges: NEXT, use: 'own', hasRest: true });
    const again = (await newer.restOfPlan(t, 1)) as Chunk;
    expect(again).toMatchObject({ number: 4, range: range('f', undefined) });
    await newer.openPlaces('first', 1);
    expect(await newer.claimChunks(claim)).toEqual([]);
  });

  test('if a worker of an earlier version has loaded the rest as a chunk like any other, the plan is complete', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await sink.planLoad(t, 1, { ranges: FIRST, use: 'shared', hasRest: true }, 'refuse');
    const rest = (await sink.restOfPlan(t, 1)) as Chunk;
    await sink.loadChunk(t, 1, rest, batches([row(7, 'g', 1)]));
    expect(await sink.restOfPlan(t, 1)).toBeUndefined();
    await expect(sink.extendPlan(t, 1, rest, { ranges: NEXT, use: 'shared', hasRest: false })).rejects.toMatchObject({
      code: 'FENCED',
    });
    expect((await sink.chunks(t, 1))?.map(({ done }) => done)).toEqual([false, false, true]);
  });
}
