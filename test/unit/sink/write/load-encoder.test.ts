import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadEncoder } from '../../../../lib/sink/write/load-encoder.ts';
import type { LoadField } from '../../../../lib/sink/dialect/dialect.ts';
import type { Value } from '../../../../lib/data/change.ts';
import { packed } from '../../../support/packed-rows.ts';

const ESCAPED: Readonly<Record<string, number>> = { '0': 0, t: 9, n: 10, r: 13 };

/** Reads a file as LOAD DATA does: fields end at a bare tab, lines at a bare newline. */
function decode(file: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  let field: number[] = [];
  let raw = '';
  const endField = (): void => {
    rows.at(-1)?.push(raw === '\\N' ? null : Buffer.from(field).toString('latin1'));
    field = [];
    raw = '';
  };
  for (let i = 0; i < file.length; i++) {
    const c = String.fromCharCode(file[i] ?? 0);
    if (c === '\t') endField();
    else if (c === '\n') {
      endField();
      rows.push([]);
    } else if (c === '\\') {
      const next = String.fromCharCode(file[++i] ?? 0);
      field.push(ESCAPED[next] ?? next.charCodeAt(0));
      raw += c + next;
    } else {
      field.push(c.charCodeAt(0));
      raw += c;
    }
  }
  rows.pop();
  return rows;
}

function encode(rows: readonly Value[][], fields?: readonly (LoadField | undefined)[]): Buffer {
  const encoder = new LoadEncoder(fields);
  const pieces: Buffer[] = [];
  for (const row of rows) {
    encoder.add([row]);
    pieces.push(...encoder.takeFull());
  }
  pieces.push(...encoder.takeAll());
  expect(pieces.every((piece) => piece.length > 0 && piece.length < 16 * 1024 * 1024)).toBe(true);
  return Buffer.concat(pieces);
}

const shown = (rows: readonly Value[][]): (string | null)[][] =>
  rows.map((row) => row.map((value) => value?.toString('latin1') ?? null));

describe('the file of a LOAD DATA', () => {
  test('gives back any bytes and NULL', () => {
    const value = fc.option(fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        expect(decode(encode(rows))).toEqual(shown(rows));
      }),
    );
  });

  test('comes out the same, byte for byte, of packed rows', () => {
    const special = fc.constantFrom(
      'NULL',
      'null',
      '',
      '\t',
      'a\nb',
      '"q',
      '\\',
      '\0',
      'x'.repeat(250),
      'y'.repeat(251),
      '漢字',
    );
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 12 });
    const value = fc.oneof(
      { weight: 6, arbitrary: plain.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: special.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 60 }),
      );
    const double: LoadField = (bytes) => Buffer.concat([bytes, bytes]);
    const fields = fc.array(fc.option(fc.constant(double), { nil: undefined, freq: 1 }), { maxLength: 2 });
    fc.assert(
      fc.property(table, fields, (rows, written) => {
        const encoder = new LoadEncoder(written);
        for (const block of packed(rows)) encoder.add(block);
        expect(Buffer.concat(encoder.takeAll()).equals(encode(rows, written))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of many packed rows, takes as many pieces as it needs', () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => [
      Buffer.from(String(i)),
      Buffer.from('plain '.repeat(i % 7)),
    ]);
    const encoder = new LoadEncoder();
    const pieces = packed(rows).flatMap((block) => {
      encoder.add(block);
      return encoder.takeFull();
    });
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat([...pieces, ...encoder.takeAll()]).equals(encode(rows))).toBe(true);
  });

  test('fields never start with a bare quote, nor are the bare word NULL', () => {
    const file = encode([[Buffer.from('"q"'), Buffer.from('NULL'), Buffer.from('\\N'), null]]).toString();
    expect(file).toBe('\\"q\\"\tN\\ULL\t\\\\N\t\\N\n');
  });

  test('a column may have its values written otherwise, but never NULL', () => {
    const file = encode(
      [
        [Buffer.from('a\tb'), Buffer.from('a')],
        [null, Buffer.from('')],
      ],
      [(value) => Buffer.concat([value, value]), undefined],
    );
    expect(file.toString()).toBe('a\\tba\\tb\ta\n\\N\t\n');
  });

  test('values of many megabytes come in pieces that fit a packet', () => {
    const big = Buffer.alloc(9_000_001, 'a\\b\n');
    expect(decode(encode([[big, Buffer.from('x')]]))).toEqual([[big.toString('latin1'), 'x']]);
  });

  test('a long text has an escape every now and then, without which MatrixOne takes no more than 10 MB', () => {
    const fill = (text: string): Buffer => Buffer.alloc(11 * 1024 * 1024, text);
    const rows = [
      [Buffer.from('1'), fill('a')],
      [Buffer.from('2'), fill('N0tbnrZ漢漢')],
      [Buffer.from('3'), fill('base64+/=')],
    ];
    const encoder = new LoadEncoder();
    for (const block of packed(rows)) encoder.add(block);
    for (const file of [Buffer.concat(encoder.takeAll()), encode(rows)]) {
      const [first, second, third] = file.toString('utf8').split('\n');
      const without = (line = ''): string => line.replaceAll('\\', '');
      expect([first, second, third].map(without)).toEqual(rows.map((row) => row.map(String).join('\t')));
      for (const line of [first, third]) {
        expect(Math.max(...(line ?? '').split('\\').map((run) => run.length))).toBeLessThan(8 * 1024 * 1024);
      }
      // Where a byte would become another one, there is none.
      expect(second).not.toContain('\\');
    }
  });
});
