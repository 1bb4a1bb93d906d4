import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { tableKey } from '../../../../lib/task/task.ts';
import { checked, tampered } from '../../../support/tampered-world.ts';
import type { Row } from '../../../../lib/data/change.ts';
import { killer, recorder } from '../../../support/check-gates.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

const row = (id: string, value: string): Row => [Buffer.from(id), Buffer.from(value)];

const examples = [
  { kind: 'different', key: 'id=3' },
  { kind: 'extra', key: 'id=9' },
  { kind: 'missing', key: 'id=2' },
];
const FOUND = { done: true, rows: 4, missing: 1, extra: 1, different: 1 };
const NONE = { done: true, rows: 1, missing: 0, extra: 0, different: 0, examples: [] };

describe.each([true, false])('a check (checksums: %s)', (hasChecksums) => {
  const tamperedWorld = async (): Promise<MemoryWorld> => {
    const world = await tampered();
    world.sink.hasChecksums = hasChecksums;
    return world;
  };

  it('that verifies tells what differs by table and by key, and leaves it', async () => {
    const world = await tamperedWorld();
    const before = world.sinkRows(A);
    const check = await checked(world, 'verify');
    expect(check).toMatchObject({ number: 1, kind: 'verify', tables: { [tableKey(A)]: FOUND, [tableKey(B)]: NONE } });
    expect(check).toMatchObject({ tablesTotal: 2, tablesDone: 2, tablesDiffering: 1, tablesFailed: 0, rows: 5 });
    const named = [...(check.tables[tableKey(A)]?.examples ?? [])].sort((a, b) => (a.kind < b.kind ? -1 : 1));
    expect(named).toEqual(examples);
    expect(world.sinkRows(A)).toEqual(before);
    expect(world.logged.join('\n')).not.toContain('id=');
  });

  it('that resyncs repairs it, and the next one finds nothing', async () => {
    const world = await tamperedWorld();
    await checked(world, 'resync');
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    const check = await checked(world, 'verify');
    const found = { ...FOUND, missing: 0, extra: 0, different: 0 };
    expect(check).toMatchObject({ number: 2, tablesDiffering: 0, tables: { [tableKey(A)]: found } });
  });
});

describe('a check', () => {
  it('that resyncs makes a sink table anew that somebody has dropped', async () => {
    const world = await tampered();
    world.sink.tables.delete('copy.a');
    world.sink.schemas.delete('copy.a');
    await world.store.check('t', 'resync', undefined);
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });

  it('is of some tables only when that is asked for, and is done once', async () => {
    const world = await tampered();
    const check = await checked(world, 'verify', undefined, [tableKey(B)]);
    expect(Object.keys(check.tables)).toEqual([tableKey(B)]);
    await world.run();
    expect((await world.task()).progress.check).toEqual(check);
  });

  it('is not repeated by a restart', async () => {
    const world = await tampered();
    const check = await checked(world, 'verify');
    await world.store.restart('t');
    const { calls, gate } = recorder();
    await world.run(gate);
    expect((await world.task()).progress).toMatchObject({ generation: 2, phase: 'window', check });
    expect(calls).not.toContain('source.checksum');
  });

  it('reads only rows that are in buckets whose checksums differ', async () => {
    const world = await tampered(['1', '2', '3', '4', '5', '6', '7', '8']);
    world.sink.tables.get('copy.a')?.delete('9');
    const { calls, gate } = recorder();
    const check = await checked(world, 'verify', gate);
    const times = (name: string): number => calls.filter((call) => call === name).length;
    // One checksum of either table, and one row of the source that is missing and one that differs.
    expect([times('source.checksum'), times('source.bucketSums')]).toEqual([2, 1]);
    expect([times('source.readRange'), times('sink.readRange')]).toEqual([1, 1]);
    expect(check.tables[tableKey(A)]).toMatchObject({ rows: 8, chunks: 4, chunksDone: 4, missing: 1, different: 1 });
  });

  it('compares chunk by chunk where many rows differ', async () => {
    const world = await tampered(['1', '2', '3', '4', '5', '6', '7', '8']);
    for (const id of ['1', '4']) world.sink.tables.get('copy.a')?.set(id, row(id, 'other'));
    const { calls, gate } = recorder();
    const check = await checked(world, 'verify', gate);
    const times = (name: string): number => calls.filter((call) => call === name).length;
    // The whole table, each of (…2], (2…4], (4…6] and (6…], and the other table. The third is equal.
    expect([times('source.checksum'), times('source.bucketSums')]).toEqual([6, 1]);
    expect(times('source.readRange')).toBe(3);
    expect(check.tables[tableKey(A)]).toMatchObject({ rows: 8, missing: 1, different: 3, extra: 1, chunksDone: 4 });
  });

  it('tells every difference of a table of many chunks, whatever differs and whenever the worker dies', async () => {
    const ids = Array.from({ length: 600 }, (_, i) => String(i).padStart(4, '0'));
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(ids, { maxLength: 40 }),
        fc.subarray(ids, { maxLength: 40 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
        fc.constantFrom('verify' as const, 'resync' as const),
        async (gone, changed, deaths, kind) => {
          const world = new MemoryWorld();
          for (const id of ids) world.source.put(A, id, 'v');
          await world.createTask();
          await world.run();
          for (const id of changed) world.sink.tables.get('copy.a')?.set(id, row(id, 'other'));
          for (const id of gone) world.sink.tables.get('copy.a')?.delete(id);
          world.sink.tables.get('copy.a')?.set('0300x', row('0300x', 'extra'));
          await world.store.check('t', kind, undefined);
          for (const at of deaths) {
            await world.run(killer(world, at).gate).catch(() => undefined);
            world.clock.jump(31_000);
          }
          await world.run();
          const check = (await world.task()).progress.check?.tables[tableKey(A)];
          const different = changed.filter((id) => !gone.includes(id)).length;
          if (kind === 'verify') {
            expect(check).toMatchObject({ done: true, rows: 600, missing: gone.length, different, extra: 1 });
          } else expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
          expect(check).toMatchObject({ done: true, chunks: 300, chunksDone: 300 });
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('finds nothing while the source is written to, for it compares at checkpoints', async () => {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'v');
    await world.createTask();
    await world.run();
    let writes = 0;
    const check = await checked(world, 'verify', async (call) => {
      await Promise.resolve();
      if (call === 'source.checksum' || call === 'sink.checksum') world.source.put(A, String(++writes), 'new');
    });
    expect(writes).toBeGreaterThan(1);
    expect(check.tables[tableKey(A)]).toMatchObject({ done: true, missing: 0, extra: 0, different: 0 });
    expect(world.sinkRows(A)).not.toEqual(world.sourceRows(A));
  });
});

describe('what is wrong with one table', () => {
  it('is noted, and the others are compared', async () => {
    const world = await tampered();
    world.sink.tables.delete('copy.a');
    const refused = { code: 'SINK_ROW_REJECTED', message: 'No.' } as const;
    world.sink.refuses = ({ name }) => (name.table === 'a' ? new CdcError(refused.code, refused.message) : undefined);
    for (const [kind, error] of [
      ['verify', { code: 'SINK_TABLE_MISSING', message: 'No table copy.a.' }],
      ['resync', { ...refused, message: 'No. It refused the row id=1.' }],
    ] as const) {
      const check = await checked(world, kind);
      expect(check).toMatchObject({ tablesDone: 2, tablesFailed: 1, tables: { [tableKey(B)]: NONE } });
      expect(check.tables[tableKey(A)]?.error).toEqual(error);
    }
    expect((await world.task()).error).toBeUndefined();
  });

  it('is tried again where it may pass, and not where it cannot', async () => {
    for (const [code, times] of [
      ['SINK_ERROR', 3],
      ['SINK_TABLE_MISMATCH', 1],
    ] as const) {
      const world = await tampered();
      let failed = 0;
      const check = await checked(world, 'verify', async (call, when) => {
        await Promise.resolve();
        if (call !== 'source.describe' || when !== 'before' || failed >= times) return;
        failed += 1;
        throw new CdcError(code, `No. ${'x'.repeat(1_000)}`);
      });
      expect(failed).toBe(times);
      expect(check.tables[tableKey(A)]?.error?.code).toBe(code);
      expect(Buffer.byteLength(check.tables[tableKey(A)]?.error?.message ?? '')).toBe(200);
    }
  });

  it.each(['SINK_UNREACHABLE', 'SINK_SECRET'] as const)(
    'is of the task where it is %s: it is tried until that is over',
    async (code) => {
      const world = await tampered();
      let failed = 0;
      const check = await checked(world, 'verify', async (call) => {
        await Promise.resolve();
        if (call !== 'sink.checksum' || failed >= 5) return;
        failed += 1;
        throw new CdcError(code, 'gone');
      });
      expect(failed).toBe(5);
      expect(check).toMatchObject({ tablesFailed: 0, tables: { [tableKey(A)]: FOUND } });
    },
  );

  it('is that it is gone, also in the middle', async () => {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = new MemoryWorld({}, { level: 'database', tables: [], databases });
    world.sink.hasChecksums = false;
    for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'v');
    await world.createTask();
    await world.run();
    let chunks = 0;
    const check = await checked(world, 'verify', async (call, when) => {
      await Promise.resolve();
      if (call !== 'sink.readRange' || when !== 'before') return;
      chunks += 1;
      if (chunks === 1) world.source.drop(A);
      // The slice is over: a window follows, and with it a checkpoint without the table.
      world.clock.jump(600);
    });
    expect(check).toMatchObject({ tablesFailed: 1, tables: { [tableKey(B)]: { done: true, rows: 0 } } });
    expect(check.tables[tableKey(A)]).toMatchObject({ done: true, error: { code: 'SOURCE_TABLE_MISSING' } });
    expect((await checked(world, 'verify')).tables).not.toHaveProperty(tableKey(A));
    const asked = await checked(world, 'verify', undefined, [tableKey(A)]);
    expect(asked.tables[tableKey(A)]?.error?.code).toBe('SOURCE_TABLE_MISSING');
  });
});
