/** How a column's values are written into a statement. */
export type ValueKind = 'number' | 'float' | 'bit' | 'bytes' | 'geometry' | 'text';

export interface ColumnTypeRule {
  readonly kind: ValueKind;
  /** The type in MySQL and MariaDB: `same`, another type, or a function of the declaration. */
  readonly mysql: string | ((type: string) => string);
}

/** MySQL allows at most 30 digits behind the point, MatrixOne as many as the number has. */
const DECIMAL_SCALE = 30;
const POINT_AND_SIGN = 3;

function decimal(type: string): string {
  const [precision = 38, scale = 0] = numbers(type);
  return scale > DECIMAL_SCALE ? `varchar(${precision + POINT_AND_SIGN})` : type;
}

const numbers = (type: string): number[] => (type.match(/\d+/gu) ?? []).map(Number);

const text = { kind: 'text', mysql: 'longtext' } as const;
const geometry = { kind: 'geometry', mysql: 'longtext' } as const;

/**
 * Every column type of MatrixOne 4.2.0, by the first word that SHOW CREATE TABLE prints, and how its values are
 * carried. A table with any other type is refused. docs/types.md says the same with reasons; a test compares the two.
 */
export const COLUMN_TYPES = {
  bool: { kind: 'number', mysql: 'tinyint(1)' },
  tinyint: { kind: 'number', mysql: 'same' },
  smallint: { kind: 'number', mysql: 'same' },
  int: { kind: 'number', mysql: 'same' },
  bigint: { kind: 'number', mysql: 'same' },
  bit: { kind: 'bit', mysql: 'same' },
  // MySQL prints six digits of a FLOAT, and refuses the largest one in the digits that MatrixOne prints.
  float: { kind: 'float', mysql: 'double' },
  double: { kind: 'float', mysql: 'double' },
  decimal: { kind: 'number', mysql: decimal },
  date: { kind: 'text', mysql: 'same' },
  time: { kind: 'text', mysql: 'same' },
  datetime: { kind: 'text', mysql: 'same' },
  timestamp: { kind: 'text', mysql: (type) => type.replace('timestamp', 'datetime') },
  year: { kind: 'number', mysql: 'same' },
  char: { kind: 'text', mysql: (type) => type.replace('char', 'varchar') },
  varchar: { kind: 'text', mysql: 'same' },
  text,
  datalink: text,
  binary: { kind: 'bytes', mysql: 'same' },
  varbinary: { kind: 'bytes', mysql: 'same' },
  blob: { kind: 'bytes', mysql: 'longblob' },
  json: { kind: 'text', mysql: 'same' },
  array: { kind: 'text', mysql: 'json' },
  uuid: { kind: 'text', mysql: 'char(36)' },
  enum: { kind: 'text', mysql: 'same' },
  set: { kind: 'text', mysql: 'same' },
  vecf32: text,
  vecf64: text,
  vecbf16: text,
  vecf16: text,
  vecint8: text,
  vecuint8: text,
  geometry,
  point: geometry,
  linestring: geometry,
  polygon: geometry,
  multipoint: geometry,
  multilinestring: geometry,
  multipolygon: geometry,
  geometrycollection: geometry,
  point32: geometry,
  linestring32: geometry,
  multipoint32: geometry,
  multilinestring32: geometry,
} as const satisfies Record<string, ColumnTypeRule>;

const FLOAT32 = 'MatrixOne 4.2.0 takes some values of polygons in it for others when it prints them';

/** Types whose values cannot be read, and why. */
export const REFUSED_TYPES: Readonly<Record<string, string>> = {
  geometry32: FLOAT32,
  polygon32: FLOAT32,
  multipolygon32: FLOAT32,
  geometrycollection32: FLOAT32,
};

export type ColumnTypeName = keyof typeof COLUMN_TYPES;
