import type { Column } from '../../../lib/data/table-definition.ts';

/** MatrixOne's numbers of types, by the word in the declaration. */
const NUMBERS: Readonly<Record<string, number>> = {
  ...{ bool: 10, bit: 11, tinyint: 20, smallint: 21, int: 22, bigint: 23, set: 28 },
  ...{ float: 30, double: 31, date: 50, time: 51, datetime: 52, timestamp: 53, year: 55 },
  ...{ char: 60, varchar: 61, json: 62, array: 62, uuid: 63, binary: 64, varbinary: 65, enum: 66 },
  ...{ geometry: 67, geometry32: 68, blob: 70, text: 71, datalink: 72 },
  ...{ vecf32: 224, vecf64: 225, vecbf16: 226, vecf16: 227, vecint8: 228, vecuint8: 229 },
};
const UNSIGNED: Readonly<Record<string, number>> = { tinyint: 25, smallint: 26, int: 27, bigint: 28 };
const SUBTYPES = [
  ...['', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon'],
  'geometrycollection',
];
const UNKNOWN = 199;

/** `atttyp`: the counterpart of lib/matrixone/definition/stored-type.ts. */
export function typeRecord({ type }: Pick<Column, 'type'>): Buffer {
  const base = /^[a-z]\w*/.exec(type)?.[0] ?? '';
  const [width = 0, scale] = (/^\w+\s*\(([\d, ]+)\)/.exec(type)?.[1] ?? '').split(',').filter(Boolean).map(Number);
  if (base === 'decimal') return record(width <= 18 ? 32 : width <= 38 ? 33 : 34, width, scale ?? 0);
  const subtype = SUBTYPES.indexOf(base.replace(/32$/, ''));
  if (subtype > 0 || base.startsWith('geometry')) {
    const srid = / srid (\d+)/.exec(type)?.[1];
    return record(base.endsWith('32') ? 68 : 67, srid === undefined ? 0 : Number(srid) + 1, Math.max(subtype, 0));
  }
  const unsigned = type.includes(' unsigned') ? UNSIGNED[base] : undefined;
  return record(
    unsigned ?? NUMBERS[base] ?? UNKNOWN,
    width,
    scale ?? (base === 'float' || base === 'double' ? -1 : width),
  );
}

/** A signed number is doubled, because the lowest bit is the sign. */
function record(number: number, width: number, scale: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(number, 0);
  bytes.writeUInt32BE(signed(width), 12);
  bytes.writeUInt32BE(signed(scale), 16);
  return bytes;
}

const signed = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
