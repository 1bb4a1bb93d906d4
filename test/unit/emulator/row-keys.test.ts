import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../../support/emulator/binlog/events.ts';
import { changedKeys } from '../../support/emulator/binlog/row-keys.ts';
import type { TableMap } from '../../support/emulator/binlog/table-map.ts';
import { parseShape } from '../../support/emulator/history/shape.ts';

const INT = { type: 3, metadata: 0 };
const SHAPE = parseShape(
  'd',
  't',
  '1',
  `CREATE TABLE \`t\` (
  \`k\` int(11) NOT NULL,
  \`e\` enum('A','b c') DEFAULT NULL,
  \`n\` decimal(12,3) DEFAULT NULL,
  \`t\` varchar(20) DEFAULT NULL,
  \`g\` int(11) GENERATED ALWAYS AS (octet_length(\`t\`)) STORED,
  \`v\` int(11) GENERATED ALWAYS AS (\`k\` + 1) VIRTUAL,
  \`b\` blob DEFAULT NULL,
  PRIMARY KEY (\`k\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin`,
);
const MAP: TableMap = {
  name: 'd.t',
  columns: [
    ...[INT, { type: 254, metadata: 503 }, { type: 246, metadata: 780 }],
    ...[{ type: 15, metadata: 80 }, INT, INT, { type: 252, metadata: 2 }],
  ],
};

const keys = (type: number, hex: string): string[] | undefined =>
  changedKeys({ type, body: Buffer.from(hex, 'hex') }, MAP, SHAPE);

/** A row event of a table of integers as servers write it: bitmaps, and rows with the columns that are in these. */
function event(width: number, images: readonly number[][], rows: readonly (number | null)[][]): Buffer {
  const bits = (set: readonly boolean[]): Buffer => {
    const bytes = Buffer.alloc(Math.ceil(set.length / 8));
    for (const [i, on] of set.entries()) if (on) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
    return bytes;
  };
  const column = Array.from({ length: width }, (_, i) => i);
  const written = rows.map((row, i) => {
    const values = (images[i % images.length] ?? []).map((at) => row[at] ?? null);
    const present = values.filter((value) => value !== null).map((value) => Buffer.from(Int32Array.of(value).buffer));
    return Buffer.concat([bits(values.map((value) => value === null)), ...present]);
  });
  const bitmaps = images.map((image) => bits(column.map((i) => image.includes(i))));
  return Buffer.concat([Buffer.alloc(8), Buffer.from([width]), ...bitmaps, ...written]);
}

describe('the keys of changed rows', () => {
  it('are found where all columns are in the log, as MariaDB 10.11 and 11.4 write it', () => {
    const updated =
      '1200000000000100077f7fc001000000018000000101f4036f6e6503000000020000008001000000028000000201f40474776f6f0400000002000000010078';
    expect(keys(EVENT.updateRows, updated)).toEqual(['(1)', '(1)']);
    expect(
      keys(EVENT.deleteRows, '1200000000000100077f8001000000028000000800000378797a0300000002000000010078'),
    ).toEqual(['(1)']);
  });

  it('are found where generated columns are not, as MariaDB 11.8 writes it', () => {
    const updated =
      '1200000000000100074f4fe001000000028000000201f40474776f6f010078e001000000028000000900000474776f6f010078';
    expect(keys(EVENT.updateRows, updated)).toEqual(['(1)', '(1)']);
    expect(keys(EVENT.deleteRows, '1200000000000100074fe001000000028000000800000378797a010078')).toEqual(['(1)']);
  });

  it('are found, or said to be unknown, whatever columns are logged', () => {
    const number = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const table = fc.integer({ min: 2, max: 20 }).chain((width) =>
      fc.record({
        width: fc.constant(width),
        keyAt: fc.nat(width - 1),
        images: fc.tuple(...[0, 1].map(() => fc.subarray(Array.from({ length: width }, (_, i) => i)))),
        rows: fc.array(fc.array(fc.option(number), { minLength: width, maxLength: width }), { maxLength: 9 }),
        keys: fc.array(number, { minLength: 9, maxLength: 9 }),
        isUpdate: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(table, ({ width, keyAt, images, rows, keys: values, isUpdate }) => {
        const filled = rows.map((row, i) => row.with(keyAt, values[i] ?? 0));
        const columns = Array.from({ length: width }, (_, i) => `  \`c${i}\` int(11) DEFAULT NULL,\n`).join('');
        const shape = parseShape('d', 't', '1', `CREATE TABLE \`t\` (\n${columns}  PRIMARY KEY (\`c${keyAt}\`)\n)`);
        const used = isUpdate ? images : images.slice(0, 1);
        const body = event(width, used, filled);
        const map = { name: 'd.t', columns: Array.from({ length: width }, () => INT) };
        const found = changedKeys({ type: isUpdate ? EVENT.updateRows : EVENT.writeRows, body }, map, shape);
        const isKnown = used.every((image) => image.includes(keyAt));
        expect(found).toEqual(isKnown ? filled.map((_, i) => `(${values[i] ?? 0})`) : undefined);
      }),
    );
  });
});
