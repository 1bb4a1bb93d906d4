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

/** Whether keys can be told from the log: not those of rarer types. */
export const hasReadableKey = ({ key, columns, isUnicode }: Shape): boolean =>
  key.length > 0 &&
  key.every((name) => {
    const type = columns.find((column) => column.name === name)?.storedType ?? '';
    return KEY_TYPE.test(type) && (isUnicode || !/char/.test(type)) && !type.includes(' CHARACTER SET ');
  });

/** The keys of the rows in an event, old and new ones, each as a row of SQL literals; undefined if they can't be told. */
export const changedKeys = (event: RowsEvent, map: TableMap, shape: Shape): string[] | undefined => {
  if (map.columns.length !== shape.columns.length || !hasReadableKey(shape)) return undefined;
  const { body } = event;
  const width = lengthEncoded(body, 8);
  const bitmap = Math.ceil(width.value / 8);
  const images = event.type === EVENT.updateRows ? 2 : 1;
  const keyAt = shape.key.map((name) => shape.columns.findIndex((column) => column.name === name));
  const keys: string[] = [];
  let at = width.end + bitmap * images;
  while (at < body.length) {
    const row = rowPlaces(body, at, map);
    if (row === undefined) return undefined;
    keys.push(`(${keyAt.map((i) => keyLiteral(body, map, shape, i, row.places[i])).join(', ')})`);
    at = row.end;
  }
  return keys;
};

interface RowPlaces {
  readonly places: readonly (ValuePlace | undefined)[];
  readonly end: number;
}

/** All columns are in the log (binlog_row_image=FULL); those that are NULL have a bit and no bytes. */
const rowPlaces = (body: Buffer, at: number, { columns }: TableMap): RowPlaces | undefined => {
  const nulls = at;
  let end = at + Math.ceil(columns.length / 8);
  const places: (ValuePlace | undefined)[] = [];
  for (const [i, column] of columns.entries()) {
    const isNull = (body.readUInt8(nulls + (i >> 3)) >> (i & 7)) & 1;
    const place = isNull === 1 ? undefined : valuePlace(body, end, column);
    if (isNull === 0 && place === undefined) return undefined;
    places.push(place);
    end = place?.end ?? end;
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
