import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadEncoder, type LoadField } from '../../../lib/mysql/load-encoder.ts';
import type { Value } from '../../../lib/replication/change.ts';

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
    encoder.add(row);
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
});
