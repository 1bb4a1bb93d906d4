import { expect, test } from 'vitest';
import type { Change } from '../../lib/data/change.ts';
import type { FenceStep } from '../../lib/replication/endpoints/sink.ts';
import { del, put, step, type SinkWorld } from './sink-world.ts';

/** Applying changes, few and many. */
export function describeBatches(world: SinkWorld): void {
  test('a batch deletes before it inserts, over all tables; unique values may wander', async () => {
    const sink = await world.newTask();
    const [a, b] = [await world.created(sink), await world.created(sink)];
    await world.apply(sink, a, step(1, 0), put(1, 'a', 1), put(2, 'b', 2));
    const batch = sink.beginBatch('replace');
    await batch.add(a, [put(1, 'a', 2)]);
    await batch.add(b, [put(7, "it's \\ `x`", 7)]);
    await batch.add(a, [put(2, null, 1), del(3, null, null)]);
    await batch.commit(step(2, 0));
    expect(await world.contents(a)).toEqual(['1|a|2', '2|NULL|1']);
    expect(await world.contents(b)).toEqual(["7|it's \\ `x`|7"]);
  });

  test('modes: delete only deletes, insert only inserts', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    await world.apply(sink, t, step(1, 0), put(1, 'a', 1), put(2, 'b', 2));
    for (const mode of ['delete', 'insert'] as const) {
      const batch = sink.beginBatch(mode);
      await batch.add(t, [put(1, 'new', 1), ...(mode === 'delete' ? [del(2, null, null)] : [])]);
      await batch.commit(step(1, mode === 'delete' ? 1 : 2));
      expect(await world.contents(t)).toEqual(mode === 'delete' ? [] : ['1|new|1']);
    }
    const twice = sink.beginBatch('insert');
    await twice.add(t, [put(1, 'again', 5)]);
    await expect(twice.commit(step(1, 3))).rejects.toMatchObject({ code: 'SINK_DUPLICATE_KEY' });
    expect(await world.openSink().takeOver(2)).toEqual({ window: 1, batch: 2 });
  });

  test('large batches pass through staging tables, with the same outcome', async () => {
    const sink = await world.newTask();
    const pair = await world.created(
      sink,
      world.table('`a` varchar(20) NOT NULL,\n  `b` int NOT NULL,\n  `c` text NOT NULL,\n  PRIMARY KEY (`a`,`b`)'),
    );
    const t = await world.created(sink);
    const numbers = Array.from({ length: 6000 }, (_, i) => i);
    const send = async (at: FenceStep, make: (i: number) => Change, other: (i: number) => Change): Promise<void> => {
      const batch = sink.beginBatch('replace');
      for (let i = 0; i < numbers.length; i += 500) {
        await batch.add(t, numbers.slice(i, i + 500).map(make));
        if (i % 1500 === 0) await batch.add(pair, numbers.slice(i, i + 500).map(other));
      }
      expect((await world.contents(t)).length).toBe(at.window === 1 ? 0 : 6000);
      await batch.commit(at);
    };
    await send(
      step(1, 0),
      (i) => put(i, `v${i}\t\n\\`, i),
      (i) => put(`k${i % 7}`, i, 'x'),
    );
    expect(await world.contents(t)).toEqual(numbers.map((i) => `${i}|v${i}\t\n\\|${i}`).sort());
    expect(await world.contents(pair)).toHaveLength(2000);
    await send(
      step(2, 0),
      (i) => (i % 3 === 0 ? del(i, null, null) : put(i, null, 6000 - i)),
      (i) => (i % 2 === 0 ? del(`k${i % 7}`, i, null) : put(`k${i % 7}`, i, 'y')),
    );
    expect(await world.contents(t)).toEqual(
      numbers
        .filter((i) => i % 3 !== 0)
        .map((i) => `${i}|NULL|${6000 - i}`)
        .sort(),
    );
    expect(new Set((await world.contents(pair)).map((line) => line.split('|')[2]))).toEqual(new Set(['y']));
    expect(await world.contents(pair)).toHaveLength(1000);
  });

  test('a large batch takes columns of the names that staging tables have', async () => {
    const sink = await world.newTask();
    const columns = '`id` int NOT NULL,\n  `__MO_CDC_deleted` int,\n  `__mo_cdc_deleted_` int,\n  PRIMARY KEY (`id`)';
    const t = await world.created(sink, world.table(columns));
    const rows = Array.from({ length: 5000 }, (_, i) => put(i, i % 2, 7));
    await world.apply(sink, t, step(1, 0), ...rows);
    await world.apply(sink, t, step(2, 0), ...rows.map((change, i) => (i < 4_990 ? del(i, null, null) : change)));
    expect(await world.contents(t)).toEqual(Array.from({ length: 10 }, (_, i) => `${4_990 + i}|${i % 2}|7`));
  });

  test('a large batch that is rolled back, fenced or stopped by an error leaves nothing', async () => {
    const sink = await world.newTask();
    const t = await world.created(sink);
    const many = Array.from({ length: 5000 }, (_, i) => put(i, 'x', i));
    const rolledBack = sink.beginBatch('replace');
    await rolledBack.add(t, many);
    await rolledBack.rollback();
    const bad = sink.beginBatch('replace');
    await bad.add(t, many);
    const failing = async (): Promise<void> => {
      await bad.add(t, [put('no number', 'x', 1)]);
      await bad.commit(step(1, 0));
    };
    await expect(failing()).rejects.toMatchObject({ code: world.loadRefusal() });
    const late = sink.beginBatch('replace');
    await late.add(t, many);
    await world.openSink().takeOver(2);
    await expect(late.commit(step(1, 0))).rejects.toMatchObject({ code: 'FENCED' });
    expect(await world.contents(t)).toEqual([]);
  });
}
