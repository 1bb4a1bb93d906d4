import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../lib/data/change.ts';
import { byteLength, ChangeBlock, DELETED, keptRows, NOT_DELETED } from '../../../lib/data/row-block.ts';
import { packed } from '../../support/packed-rows.ts';

const LENGTHS = [0, 1, 250, 251, 252, 255, 256, 65_535, 65_536, 70_000];

const value = fc.option(
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constantFrom(...LENGTHS).map((length) => Buffer.alloc(length, 'x')) },
  ),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }));

const shown = (rows: Iterable<Row>): (string | null)[][] =>
  Array.from(rows, (row) => row.map((v) => (v === null ? null : v.toString('latin1'))));

describe('packed rows', () => {
  test('give back what was packed, in as many blocks as it takes', () => {
    fc.assert(
      fc.property(table, (rows) => {
        expect(packed(rows).flatMap((block) => shown(block))).toEqual(shown(rows));
      }),
      { numRuns: 300 },
    );
  });

  test('are cut as an array is', () => {
    fc.assert(
      fc.property(table, fc.nat(22), fc.option(fc.nat(22), { nil: undefined }), (rows, start, end) => {
        const [block] = packed(rows);
        const all = [...(block ?? [])];
        const from = Math.min(start, all.length);
        const to = end === undefined ? undefined : Math.max(from, end);
        const cut = block?.slice(from, to);
        expect(shown(cut ?? [])).toEqual(shown(all.slice(from, to)));
        expect(cut?.length).toBe(all.slice(from, to).length);
      }),
      { numRuns: 300 },
    );
  });

  test('that are kept do not keep the others with them', () => {
    const [block] = packed(Array.from({ length: 500 }, (_, i) => [Buffer.from(String(i)), Buffer.alloc(100, 'x')]));
    const kept = keptRows(block ?? [], ([id]) => id?.toString() === '7');
    expect(shown(kept)).toEqual([['7', 'x'.repeat(100)]]);
    for (const value of kept.flat()) expect(value?.buffer).not.toBe(block?.bytes.buffer);
    expect(keptRows(block ?? [], () => true)).toHaveLength(500);
  });

  test('a value of more than 16 MiB is one like any other', () => {
    const big = Buffer.alloc(17 * 1024 * 1024, 'ab');
    const [only] = packed([[big, null, Buffer.from('z')]]).flatMap((block) => [...block]);
    expect(only?.[0]?.equals(big)).toBe(true);
    expect(shown([only?.slice(1) ?? []])).toEqual([[null, 'z']]);
  });
});

describe('packed changes', () => {
  const rows = [
    [DELETED, Buffer.from('1'), null],
    [NOT_DELETED, Buffer.from('2'), Buffer.from('b')],
  ];
  const block = new ChangeBlock(packed(rows)[0] as ConstructorParameters<typeof ChangeBlock>[0]);

  test('tell deletions from what is to be there', () => {
    expect([...block]).toEqual([
      { deleted: true, row: [Buffer.from('1'), null] },
      { deleted: false, row: [Buffer.from('2'), Buffer.from('b')] },
    ]);
    expect([...block.slice(1)]).toEqual([{ deleted: false, row: [Buffer.from('2'), Buffer.from('b')] }]);
  });

  test('take so many bytes, whether they are packed or not', () => {
    expect(byteLength([...block])).toBe(3);
    expect(byteLength(block)).toBe(block.rows.bytes.length);
  });
});
