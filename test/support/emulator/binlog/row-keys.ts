import type { Shape } from '../history/shape.ts';
import { EVENT } from './events.ts';
import { valuePlace, type ValuePlace } from './row-values.ts';
import { lengthEncoded, type TableMap } from './table-map.ts';

export interface RowsEvent {
  readonly type: number;
  readonly body: Buffer;
}

const KEY_TYPE = /^(?:(?:tiny|small|medium|big)?int|char|varchar|binary|varbinary)\b/;
const INTEGER_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 9: 3, 3: 4, 8: 8 };

/** Can keys be read from the log? Not those of rare types. */
export const hasReadableKey = ({ key, columns, isUnicode }: Shape): boolean =>
  key.length > 0 &&
  key.every((name) => {
    const type = columns.find((column) => column.name === name)?.storedType ?? '';
    return KEY_TYPE.test(type) && (isUnicode || !/char/.test(type)) && !type.includes(' CHARACTER SET ');
  });

/** The keys of all rows in an event, old and new, each as a row of SQL literals; undefined if they cannot be read. */
export const changedKeys = (event: RowsEvent, map: TableMap, shape: Shape): string[] | undefined => {
  if (map.columns.length !== shape.columns.length || !hasReadableKey(shape)) return undefined;
  const { body } = event;
  const width = lengthEncoded(body, 8);
  const bytes = Math.ceil(width.value / 8);
  // In an UPDATE event, old and new rows alternate.
  const images = Array.from({ length: event.type === EVENT.updateRows ? 2 : 1 }, (_, i) =>
    logged(body, width.end + bytes * i, width.value),
  );
  const keyAt = shape.key.map((name) => shape.columns.findIndex((column) => column.name === name));
  if (images.some((columns) => keyAt.some((i) => !columns.includes(i)))) return undefined;
  const keys: string[] = [];
  let at = width.end + bytes * images.length;
  for (let i = 0; at < body.length; i++) {
    const row = rowPlaces(body, at, map, images[i % images.length] ?? []);
    if (row === undefined) return undefined;
    keys.push(`(${keyAt.map((column) => keyLiteral(body, map, shape, column, row.places.get(column))).join(', ')})`);
    at = row.end;
  }
  return keys;
};

/**
 * The columns that the event has. MariaDB 11.8 leaves out generated columns, in old rows and in the new rows of the
 * same event.
 */
const logged = (body: Buffer, at: number, columns: number): number[] =>
  Array.from({ length: columns }, (_, i) => i).filter((i) => bit(body, at, i));

const bit = (body: Buffer, at: number, i: number): boolean => ((body.readUInt8(at + (i >> 3)) >> (i & 7)) & 1) === 1;

interface RowPlaces {
  readonly places: ReadonlyMap<number, ValuePlace>;
  readonly end: number;
}

/** Each logged column has a bit. If the bit says that it is not NULL, the column has bytes. */
const rowPlaces = (
  body: Buffer,
  at: number,
  { columns }: TableMap,
  present: readonly number[],
): RowPlaces | undefined => {
  let end = at + Math.ceil(present.length / 8);
  const places = new Map<number, ValuePlace>();
  for (const [i, index] of present.entries()) {
    if (bit(body, at, i)) continue;
    const column = columns[index];
    const place = column && valuePlace(body, end, column);
    if (place === undefined) return undefined;
    places.set(index, place);
    end = place.end;
  }
  return { places, end };
};

const keyLiteral = (body: Buffer, map: TableMap, shape: Shape, i: number, place: ValuePlace | undefined): string => {
  if (place === undefined) return 'null';
  const type = shape.columns[i]?.storedType ?? '';
  const bytes = INTEGER_BYTES[map.columns[i]?.type ?? 0];
  if (bytes !== undefined) return integer(body, place.start, bytes, type.includes('unsigned'));
  const charset = type.includes('char') ? '_utf8mb4 ' : '';
  return `${charset}x'${body.toString('hex', place.start, place.end)}'`;
};

const integer = (body: Buffer, at: number, bytes: number, unsigned: boolean): string => {
  if (bytes === 8) return (unsigned ? body.readBigUInt64LE(at) : body.readBigInt64LE(at)).toString();
  return (unsigned ? body.readUIntLE(at, bytes) : body.readIntLE(at, bytes)).toString();
};
