import { carriedColumns, type Column, type TableSchema } from '../data/change.ts';
import { isOfColumns, type TableIndex } from '../data/table-definition.ts';
import type { TableName } from '../task/task.ts';
import { columnAttributes, cutText, mysqlDefault } from './column-attributes.ts';
import { baseType, mysqlColumnType, typeNumbers } from '../sql/column-type.ts';
import { declaredType } from '../sql/declared-type.ts';
import type { ColumnLine, IndexLine } from '../sink/dialect/dialect.ts';
import { quoteName, quoteNames, quoteTable } from '../sql/identifier.ts';
import { quoteText } from '../sql/literal.ts';
import { unfitName } from './mysql-names.ts';
import { expressionsLeft } from '../sink/dialect/column-clauses.ts';

const ROW_BYTES = 60_000;
/** InnoDB takes at most 8,126 bytes of a row in its page. */
const PAGE_BYTES = 8_000;
/** Bytes in the page for a value that is stored apart, which needs a column of more than 255 bytes. */
const APART_BYTES = 41;
const LONGEST_DECIMAL = 31;
const BYTES_PER_CHARACTER = 4;
/** MySQL takes 3,072 bytes of key. Longer columns cannot be indexed whole. */
const INDEX_BYTES = 3_000;

/** CREATE TABLE for MySQL 8 and MariaDB that takes every row of the source table. */
export const createTableForMysql = (name: TableName, schema: TableSchema, version: string): string =>
  `create table if not exists ${quoteTable(name)} ${declaration(schema, version)}`;

/** CREATE for a temporary table of the same declaration. `name` is quoted. */
export const trialTableForMysql = (name: string, schema: TableSchema, version: string): string =>
  `create temporary table ${name} ${declaration(schema, version)}`;

function declaration(schema: TableSchema, version: string): string {
  const columns = columnLinesForMysql(schema, version).map(({ line }) => line);
  const key = schema.key.length === 0 ? [] : [`primary key (${quoteNames(schema.key)})`];
  return `(
  ${[...columns, ...key, ...indexLinesForMysql(schema).lines.map(({ line }) => line)].join(',\n  ')}
) engine = InnoDB default charset = utf8mb4 collate = ${collation(version)}${tableComment(schema)}`;
}

/** MySQL's limit for the comment of a table, in characters. */
const LONGEST_COMMENT = 2_048;

const tableComment = ({ details: { comment } }: TableSchema): string =>
  comment === undefined ? '' : ` comment = ${quoteText(cutText(comment, LONGEST_COMMENT))}`;

/**
 * Texts name their collation. A clause of ALTER TABLE without one would give the column the default of its table, which
 * may take different values of the source as the same.
 */
export function columnLinesForMysql(schema: TableSchema, version: string): ColumnLine[] {
  const types = mysqlTypes(schema);
  return carriedColumns(schema).map((column) => {
    const { name, nullable, autoIncrement = false } = column;
    const plain = typeOf(column, types);
    const type = hasCollation(plain) ? `${plain} character set utf8mb4 collate ${collation(version)}` : plain;
    // MySQL allows AUTO_INCREMENT only if a key starts with the column.
    const increment = name === schema.key[0] && autoIncrement;
    return { name, type, line: columnLine(name, type, nullable, increment, columnAttributes(column, plain)) };
  });
}

/** The type as SQL. Labels are only written if the type stays the same. */
function typeOf({ name, type: declared, labels }: Column, types: ReadonlyMap<string, string>): string {
  const type = types.get(name) ?? declared;
  return declaredType({ type, ...(type === declared && labels !== undefined ? { labels } : {}) });
}

const hasCollation = (type: string): boolean => /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)\b/u.test(type);

/** MatrixOne compares text byte by byte, trailing spaces included. The sink must distinguish as many keys. */
const collation = (version: string): string => (/mariadb/iu.test(version) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin');

// NULL is written out, because TIMESTAMP columns are NOT NULL otherwise in older modes.
const columnLine = (name: string, type: string, nullable: boolean, increment: boolean, attributes: string): string =>
  `${quoteName(name)} ${type} ${nullable ? 'null' : 'not null'}${increment ? ' auto_increment' : ''}${attributes}`;

/**
 * Types by column name. If rows would be too long for MySQL or for a page of InnoDB, texts get a type that is stored
 * apart.
 */
function mysqlTypes(schema: TableSchema): Map<string, string> {
  const types = new Map(schema.columns.map((column) => [column.name, mysqlType(column.type)]));
  const key = new Set(schema.key);
  const indexed = new Set([...schema.key, ...schema.details.indexes.flatMap(columnsOf)]);
  // Stores the longest texts apart first. Gives up indexes only if that is not enough.
  for (const [kept, ...lengths] of [[indexed, 1_000, 256, APART_BYTES] as const, [key, 1_000, 256] as const]) {
    for (const least of lengths) {
      if (fitsRow(types, key)) return types;
      for (const [name, type] of types) {
        if (!kept.has(name) && isText(type) && inlineBytes(type) >= least) types.set(name, typeApart(type));
      }
    }
  }
  return types;
}

function fitsRow(types: ReadonlyMap<string, string>, key: ReadonlySet<string>): boolean {
  const [row, page] = [...types].reduce(
    ([inRow, inPage], [name, type]) => [
      inRow + inlineBytes(type),
      inPage + (key.has(name) ? inlineBytes(type) : pageBytes(type)),
    ],
    [0, 0],
  );
  return row <= ROW_BYTES && page <= PAGE_BYTES;
}

const isText = (type: string): boolean => /^(?:var)?(?:char|binary)\b/u.test(type);
const typeApart = (type: string): string => (/char\b/u.test(type) ? 'longtext' : 'longblob');

function pageBytes(type: string): number {
  const bytes = inlineBytes(type) + 1;
  if (/^(?:long|json)/u.test(type) || (isText(type) && bytes > 256)) return APART_BYTES;
  return type.startsWith('decimal') ? LONGEST_DECIMAL : bytes;
}

/** A text longer than a row of MySQL gets a type that is stored apart. */
function mysqlType(declared: string): string {
  const type = mysqlColumnType(declared);
  const [length = 1] = typeNumbers(type);
  const base = baseType(type);
  if (base === 'varchar' && length * BYTES_PER_CHARACTER > ROW_BYTES) return 'longtext';
  if (base === 'varbinary' && length > ROW_BYTES) return 'longblob';
  return type;
}

function inlineBytes(type: string): number {
  const [length = 0] = typeNumbers(type);
  if (/^(?:var)?char\b/u.test(type)) return length * BYTES_PER_CHARACTER;
  return /^(?:var)?binary\b/u.test(type) ? length : 8;
}

/** Plain and unique indexes. `left`: names of other indexes, and of indexes that MySQL cannot have. */
export function indexLinesForMysql(schema: TableSchema): { lines: IndexLine[]; left: string[] } {
  const types = mysqlTypes(schema);
  const generated = new Set(schema.columns.filter((c) => c.generated).map((c) => c.name));
  const [lines, left]: [IndexLine[], string[]] = [[], []];
  for (const index of schema.details.indexes) {
    const { kind, name, parts } = index;
    const columns = columnsOf(index);
    // If the source table has no primary key, its unique key is the primary key of the sink table.
    if (kind === 'unique' && isOfColumns(parts, schema.key)) continue;
    const fits =
      unfitName(name) === undefined &&
      name.toLowerCase() !== 'primary' &&
      parts.every(({ length }) => length === undefined) &&
      !columns.some((column) => generated.has(column)) &&
      indexable(columns.map((c) => types.get(c) ?? 'json'));
    if (kind === 'special' || !fits) left.push(name);
    else {
      const line = `${kind === 'unique' ? 'unique ' : ''}key ${quoteName(name)} (${quoteNames(columns)})`;
      lines.push({ name, signature: signatureOf(kind, columns), line, optional: false });
    }
  }
  return { lines, left };
}

const columnsOf = ({ parts }: TableIndex): string[] => parts.map(({ column }) => column);

export const signatureOf = (kind: string, columns: readonly string[]): string =>
  JSON.stringify([kind, ...columns.map((name) => name.toLowerCase())]);

/** Only whole columns are indexed: a prefix makes another kind of unique key. */
const indexable = (types: readonly string[]): boolean =>
  !types.some((type) => /^(?:long|json)/u.test(type)) &&
  types.reduce((sum, type) => sum + inlineBytes(type), 0) <= INDEX_BYTES;

/** MySQL lacks these checks, partitions and expressions, or reads them differently. */
export function omittedForMysql(schema: TableSchema): string[] {
  const { checks = [], partitioning, clusterBy } = schema.details;
  const types = mysqlTypes(schema);
  const isLost = (column: Column): boolean =>
    column.default !== undefined && mysqlDefault(column.default, typeOf(column, types)) === undefined;
  const lost = carriedColumns(schema).filter(isLost);
  return [
    ...schema.columns.filter(({ generated }) => generated).map(({ name }) => `the computed column ${name}`),
    ...expressionsLeft(schema),
    ...lost.map(({ name }) => `the default of ${name}`),
    ...schema.columns.filter(({ onUpdateNow }) => onUpdateNow).map(({ name }) => `ON UPDATE of ${name}`),
    ...indexLinesForMysql(schema).left.map((name) => `the index ${name}`),
    ...checks.map(({ name }) => `the check ${name}`),
    ...(partitioning === undefined ? [] : ['its partitions']),
    ...(clusterBy === undefined ? [] : ['CLUSTER BY']),
  ];
}
