import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, Row } from '../../../../lib/data/change.ts';
import { TableError } from '../../../../lib/data/table-error.ts';
import { CdcError } from '../../../../lib/errors.ts';
import { ChunkComparison, type ComparisonMode } from '../../../../lib/replication/compare/chunk-comparison.ts';
import type { Differences } from '../../../../lib/replication/compare/found-differences.ts';
import type { Endpoints } from '../../../../lib/replication/tables/endpoints.ts';
import { keyText, printKey } from '../../../../lib/data/row-digest.ts';
import type { Sink } from '../../../../lib/replication/endpoints/sink.ts';
import { memorySink, MemorySinkServer } from '../../../support/memory-sink.ts';
import { memorySchema, memorySource, MemoryServer } from '../../../support/memory-source.ts';
import { allRanges } from '../../../support/all-ranges.ts';

const NAME = { database: 'shop', table: 'a' };
const schema = memorySchema(NAME);
const table = { name: NAME, schema };
const WHOLE = { lower: undefined, upper: undefined };
const rowOf = (id: string, v: string | null): Row => [Buffer.from(id), v === null ? null : Buffer.from(v)];

/** Compares rows of the source with what a sink gives, and notes what is written there. */
async function compare(
  source: readonly Row[],
  mode: ComparisonMode,
  given: Partial<Sink>,
): Promise<Differences & { readonly written: Change[] }> {
  const server = new MemoryServer();
  server.create(schema);
  for (const [id, v] of source) server.put(NAME, String(id), v?.toString() ?? null);
  const pin = server.snapshot('s');
  const written: Change[] = [];
  const beginBatch: Sink['beginBatch'] = () => ({
    add: (_table, changes) => Promise.resolve(void written.push(...changes)),
    commit: () => Promise.resolve(),
    rollback: () => Promise.resolve(),
  });
  const sink: Sink = { ...memorySink(new MemorySinkServer(), 'x'), rowHash: undefined, beginBatch, ...given };
  const ends = { source: memorySource(server), sink } as unknown as Endpoints;
  const step = () => ({ window: 0, batch: 0, point: undefined });
  const found = await new ChunkComparison(new AbortController().signal, ends, table, pin, step).run(WHOLE, mode);
  return { ...found, written };
}

async function* batch(...rows: Row[]): AsyncGenerator<Row[]> {
  yield await Promise.resolve(rows);
}

describe('comparing a chunk', () => {
  it('trusts a checksum only when number and digest are the same', async () => {
    const source = [rowOf('1', 'v')];
    const readRange: Sink['readRange'] = () => batch(rowOf('1', 'bent'));
    const rows = JSON.stringify(rowOf('1', 'v'));
    for (const [checksum, different] of [
      [{ rows: 1, digest: rows }, 0],
      [{ rows: 2, digest: rows }, 1],
      [{ rows: 1, digest: 'x' }, 1],
      [undefined, 1],
    ] as const) {
      const sink = { rowHash: 'matrixone' as const, checksum: () => Promise.resolve(checksum), readRange };
      expect(await compare(source, 'count', sink)).toMatchObject({ rows: 1, different });
    }
  });

  it('finds a row that the sink has twice, and writes it anew', async () => {
    for (const twice of [
      [rowOf('1', 'v'), rowOf('1', 'v')],
      [rowOf('1', 'bent'), rowOf('1', 'v')],
      [rowOf('1', 'v'), rowOf('1', 'bent'), rowOf('1', 'v')],
    ]) {
      const found = await compare([rowOf('1', 'v'), rowOf('2', 'v')], 'align', {
        readRange: () => batch(...twice, rowOf('2', 'v')),
      });
      expect(found).toMatchObject({ rows: 2, missing: 0, extra: 0, different: 1 });
      expect(found.examples).toEqual([{ kind: 'different', key: 'id=1' }]);
      expect(found.written).toEqual([{ deleted: false, row: rowOf('1', 'v') }]);
    }
  });

  it('has the sink tell which of the rows that differ it refused', async () => {
    const refusal = new TableError(NAME, new CdcError('SINK_ROW_REJECTED', 'No.'));
    const asked: Row[] = [];
    const failed = compare([rowOf('1', 'v'), rowOf('2', 'v'), rowOf('3', 'v')], 'align', {
      readRange: () => batch(rowOf('2', 'v')),
      beginBatch: () => ({
        add: () => Promise.resolve(),
        commit: () => Promise.reject(refusal),
        rollback: () => Promise.resolve(),
      }),
      explainRefusal: async (_table, _code, changes) => {
        for await (const some of changes) asked.push(...Array.from(some, ({ row }) => row));
        return 'It is this one.';
      },
    });
    await expect(failed).rejects.toMatchObject({ code: 'SINK_ROW_REJECTED', message: 'No. It is this one.' });
    expect(asked).toEqual([rowOf('1', 'v'), rowOf('3', 'v')]);
  });

  it('keeps only the keys of rows that are too many, in memory of their own', async () => {
    const packet = Buffer.alloc(1_000_000, 'x');
    packet.write('9');
    const stray: Row = [packet.subarray(0, 1), packet];
    const { extra, written } = await compare([], 'align', { readRange: () => batch(stray) });
    expect(extra).toBe(1);
    expect(written).toEqual([{ deleted: true, row: [Buffer.from('9'), null] }]);
    expect(written[0]?.row[0]?.buffer.byteLength).toBeLessThan(100_000);
  });

  it('compares rows in the form that the sink asks for, and writes the source’s own', async () => {
    const lower = (row: Row): Row =>
      row.map((value) => (value === null ? null : Buffer.from(String(value).toLowerCase())));
    const sink = {
      comparedForm: () => Promise.resolve(lower),
      readRange: () => batch(rowOf('A', 'v'), rowOf('B', 'w')),
    };
    const found = await compare([rowOf('a', 'V'), rowOf('b', 'X')], 'align', sink);
    expect(found).toMatchObject({ rows: 2, missing: 0, extra: 0, different: 1 });
    expect(found.written).toEqual([{ deleted: false, row: rowOf('b', 'X') }]);
  });

  it('names ten rows and no more', async () => {
    const source = Array.from({ length: 50 }, (_, i) => rowOf(`k${i}`, 'v'));
    const { missing, examples } = await compare(source, 'count', { readRange: () => batch() });
    expect(missing).toBe(50);
    expect(examples).toHaveLength(10);
  });
});

describe('comparing with a sink that orders keys otherwise', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom(...Array.from('abcdefghijklmnop')), fc.constantFrom('v', 'w')), {
    selector: ([id]) => id,
  });
  const reversed = (key: string): string => String.fromCharCode(200 - key.charCodeAt(0));

  it.each(['align', 'delete'] as const)('finds every row that differs, once, and mends it (%s)', async (mode) => {
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.integer({ min: 1, max: 5 }), async (there, here, size) => {
        const server = new MemoryServer();
        server.create(schema);
        for (const [id, v] of there) server.put(NAME, id, v);
        const pin = server.snapshot('s');
        const sinkServer = new MemorySinkServer();
        sinkServer.order = reversed;
        sinkServer.hasChecksums = false;
        const held = new Map(here.map(([id, v]) => [id, rowOf(id, v)]));
        const [source, sink] = [memorySource(server), memorySink(sinkServer, 'x')];
        await sink.takeOver(1);
        await sink.createTable(table);
        sinkServer.tables.set('shop.a', held);
        const step = () => ({ window: 0, batch: 0, point: undefined });
        const ends = { source, sink } as unknown as Endpoints;
        const comparison = new ChunkComparison(new AbortController().signal, ends, table, pin, step);
        const ranges = await allRanges(source, schema, pin, { rows: size, bytes: Infinity });
        const total = async (how: ComparisonMode): Promise<number[]> => {
          const found: Differences[] = [];
          for (const range of ranges) found.push(await comparison.run(range, how));
          const sum = (of: 'rows' | 'missing' | 'extra' | 'different') =>
            found.reduce((all, each) => all + each[of], 0);
          return [sum('rows'), sum('missing'), sum('extra'), sum('different')];
        };
        const [a, b] = [new Map(there), new Map(here)];
        const expected = [
          a.size,
          there.filter(([id]) => !b.has(id)).length,
          here.filter(([id]) => !a.has(id)).length,
          there.filter(([id, v]) => b.has(id) && b.get(id) !== v).length,
        ];
        expect(await total('count')).toEqual(expected);
        expect([...held].sort()).toEqual(here.map(([id, v]) => [id, rowOf(id, v)]).sort());
        if (mode === 'delete') {
          await total('delete');
          const left = there.filter(([id, v]) => b.get(id) === v).map(([id]) => id);
          expect([...held.keys()].sort()).toEqual(left.sort());
        }
        await total('align');
        expect(Object.fromEntries(held)).toEqual(Object.fromEntries(there.map(([id, v]) => [id, rowOf(id, v)])));
        expect(await total('count')).toEqual([a.size, 0, 0, 0]);
      }),
    );
  });
});

describe('a key in print', () => {
  const both = { ...schema, key: ['id', 'v'] };
  const print = (...row: Row): string => printKey(both, keyText(both)(row));

  it('is what people type, and harms no terminal', () => {
    expect(print(Buffer.from('5'), null)).toBe('id=5, v=NULL');
    expect(print(Buffer.from('-1.5'), Buffer.from('a"b'))).toBe('id=-1.5, v="a\\"b"');
    expect(print(Buffer.from('é😀'), Buffer.from(''))).toBe('id="é😀", v=""');
    expect(print(Buffer.from([0xff, 0]), Buffer.from('\u001b[31m'))).toBe('id=0xff00, v=0x1b5b33316d');
  });

  it('is short, whatever the key', () => {
    const bytes = fc.uint8Array({ maxLength: 500 }).map((value) => Buffer.from(value));
    fc.assert(
      fc.property(bytes, fc.option(bytes), (a, b) => {
        expect(print(a, b).length).toBeLessThanOrEqual(151);
      }),
    );
  });
});
