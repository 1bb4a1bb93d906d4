import { describe, expect, it } from 'vitest';
import { tableKey } from '../../../../lib/task/task.ts';
import { killer, recorder } from '../../../support/check-gates.ts';
import type { Gate } from '../../../support/gate.ts';
import { type MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { tampered } from '../../../support/tampered-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

const FOUND = { done: true, rows: 4, missing: 1, extra: 1, different: 1 };

describe('a worker that takes a check over', () => {
  /** Without checksums, each chunk is a step. */
  const tamperedRows = async (ids: string[]): Promise<MemoryWorld> => {
    const world = await tampered(ids);
    world.sink.hasChecksums = false;
    return world;
  };
  const IDS = ['1', '2', '3', '4', '5', '6', '7', '8'];

  it.each(['verify', 'resync'] as const)(
    '%s: goes on after the last chunk that was stored',
    async (kind) => {
      const continued = new Set<number>();
      for (let at = 1; ; at += 1) {
        const world = await tamperedRows(IDS);
        await world.store.check('t', kind, undefined);
        const { gate, died } = killer(world, at);
        await world.run(gate).catch(() => undefined);
        const before = (await world.task()).progress.check;
        const done = (before?.tables[tableKey(A)]?.chunksDone ?? 0) + (before?.tables[tableKey(B)]?.chunksDone ?? 0);
        world.clock.jump(31_000);
        const { calls, gate: second } = recorder();
        await world.run(second);
        const { check } = (await world.task()).progress;
        expect(check?.finishedAt, `killed at ${at}`).toBeGreaterThan(0);
        if (kind === 'resync') expect(world.sinkRows(A), `killed at ${at}`).toEqual(world.sourceRows(A));
        else expect(check?.tables[tableKey(A)], `killed at ${at}`).toMatchObject({ ...FOUND, rows: 8, chunks: 4 });
        expect(check?.rows, `killed at ${at}`).toBe(9);
        if (!died()) break;
        // Four chunks of the one table and one of the other, less what the first worker has stored.
        expect(calls.filter((call) => call === 'sink.readRange')).toHaveLength(5 - done);
        continued.add(done);
      }
      expect([...continued].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    },
    60_000,
  );

  /** Runs until two chunks of the table are stored, and lets the worker die. */
  const half = async (ids = IDS): Promise<MemoryWorld> => {
    const world = await tamperedRows(ids);
    await world.store.check('t', 'verify', undefined);
    let chunks = 0;
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'sink.readRange' && when === 'before') chunks += 1;
      if (chunks > 2) throw new Error('The process is dead.');
      if (call === 'sink.readRange') world.clock.jump(600);
    };
    await world.run(gate).catch(() => undefined);
    expect((await world.task()).progress.check?.tables[tableKey(A)]).toMatchObject({ chunksDone: 2, done: false });
    world.clock.jump(31_000);
    return world;
  };

  it.each([
    ['goes on after', 'an earlier version stored it', '["NA=="]', 3],
    ['begins the table anew at', 'it is no position', "4' or 1=1 -- ", 5],
    ['begins the table anew at', 'it is of another key', '["NA==","NA=="]', 5],
    ['begins the table anew at', 'it holds no key', '[null]', 5],
  ])('%s a stored end: %s', async (_does, _why, after, compared) => {
    const world = await half();
    const now = world.clock.now();
    const taken = await world.store.acquire('t', { owner: 'test', until: now + 1, runsUntil: now + 1 }, now);
    if (taken.outcome !== 'acquired') throw new Error('The lease is held.');
    const { check } = taken.record.progress;
    if (check?.position?.after !== '["NA=="]') throw new Error('It is stored otherwise.');
    const position = { ...check.position, after };
    await world.store.saveProgress(taken.key, { ...taken.record.progress, check: { ...check, position } }, now + 1);
    await world.store.release(taken.key);
    const { calls, gate } = recorder();
    await world.run(gate);
    const found = { ...FOUND, rows: 8, chunks: 4, chunksDone: 4 };
    expect((await world.task()).progress.check?.tables[tableKey(A)]).toMatchObject(found);
    expect(calls.filter((call) => call === 'sink.readRange')).toHaveLength(compared);
  });

  it('begins a table anew that is another one by then', async () => {
    const world = await half();
    world.source.replace(A, {});
    for (const id of ['5', '6', '7']) world.source.put(A, id, 'anew');
    await world.run();
    const { check } = (await world.task()).progress;
    const found = { rows: 3, chunks: 2, chunksDone: 2, missing: 0, extra: 0, different: 0, examples: [] };
    expect(check?.tables[tableKey(A)]).toMatchObject(found);
    expect(check?.rows).toBe(4);
  });

  it('begins a table anew whose keys are too long to be kept', async () => {
    const world = await half(IDS.map((id) => id.padEnd(9_000, 'x')));
    expect((await world.task()).progress.check?.position).toEqual({
      table: tableKey(A),
      shape: expect.any(String) as string,
      after: undefined,
    });
    await world.run();
    expect((await world.task()).progress.check?.tables[tableKey(A)]).toMatchObject({
      rows: 8,
      chunks: 4,
      chunksDone: 4,
    });
  });
});
