import type { TrackedTable } from '../history/catalogue.ts';
import type { Cut } from '../history/history.ts';
import type { ShapeColumn } from '../history/shape-column.ts';
import { literal } from '../sql/quoting.ts';

/** MatrixOne's numbers of types, in hexadecimal, by the first word of the declaration. */
const NUMBERS: Readonly<Record<string, string>> = {
  ...{ bool: '0A', bit: '0B', tinyint: '14', smallint: '15', int: '16', bigint: '17', set: '1C' },
  ...{ float: '1E', double: '1F', date: '32', time: '33', datetime: '34', timestamp: '35', year: '37' },
  ...{ char: '3C', varchar: '3D', json: '3E', array: '3E', uuid: '3F', binary: '40', varbinary: '41', enum: '42' },
  ...{ geometry: '43', blob: '46', text: '47', datalink: '48' },
  ...{ vecf32: 'E0', vecf64: 'E1', vecbf16: 'E2', vecf16: 'E3', vecint8: 'E4', vecuint8: 'E5' },
};
const UNSIGNED: Readonly<Record<string, string>> = { tinyint: '19', smallint: '1A', int: '1B', bigint: '1C' };
const GEOMETRY = /^(?:multi)?(?:point|linestring|polygon)|^geometry/;
const MOMENT = /^(?:time|datetime|timestamp)\b/;

/** The values in the catalogue's row for a column, as far as clients read them. */
type Row = readonly (string | number)[];
const NAMES = ['att_relname_id', 'att_database', 'att_relname', 'attname', 'type', 'attnum', 'attnotnull'];
const MORE = ['att_constraint_type', 'att_is_hidden', 'attr_enum', 'attr_has_generated'];

/** mo_columns at the cut, for the tables that the cut covers, as a table expression. */
export function columnsAt(cut: Cut): string {
  const rows = [...cut.tables.values()].flatMap(rowsOf);
  const declared = [...NAMES, ...MORE].map((name, i) => `\`${name}\` varchar(2048) path '$[${i}]'`);
  return `(select 0 account_id, unhex(type) atttyp, j.* from json_table(${literal(JSON.stringify(rows))}, '$[*]' columns (
    ${declared.join(', ')})) j)`;
}

function rowsOf({ shape, relation }: TrackedTable): Row[] {
  const place = [relation.id, shape.database, shape.table];
  const own = shape.key.length === 1 ? shape.key[0] : undefined;
  const columns = shape.columns.map((column, i): Row => {
    const key = column.name === own ? 'p' : 'n';
    const labels = /^(?:enum|set|array)\b/.test(column.type) ? column.type.replace(/^(?:enum|set)/, '') : '';
    const generated = Number(column.generated);
    return [...place, column.name, recordOf(column), i + 1, notNull(column, shape.key), key, 0, labels, generated];
  });
  const hidden = (name: string, type: string, key: string): Row => [...place, name, type, 0, 1, key, 1, '', 0];
  const composite = shape.key.length > 1 ? [hidden('__mo_cpkey_col', record('3D', 65_535, 0), 'p')] : [];
  const fake = shape.key.length === 0 ? [hidden('__mo_fake_pk_col', record('1C', 0, 0), 'p')] : [];
  return [...columns, ...composite, ...fake, hidden('__mo_rowid', record('65', 0, 0), '')];
}

const notNull = (column: ShapeColumn, key: readonly string[]): number =>
  Number(column.notNull || key.includes(column.name));

function recordOf({ type }: ShapeColumn): string {
  const base = /^\w+/.exec(type)?.[0] ?? '';
  const [width = 0, scale = 0] = (/^\w+\(([\d, ]+)\)/.exec(type)?.[1] ?? '').split(',').map(Number);
  if (base === 'decimal') return record(width <= 18 ? '20' : width <= 38 ? '21' : '22', width, scale);
  if (MOMENT.test(type)) return record(NUMBERS[base] ?? '00', width, width);
  if (GEOMETRY.test(base)) return record(base.endsWith('32') ? '44' : '43', 0, 0);
  const unsigned = type.includes(' unsigned') ? UNSIGNED[base] : undefined;
  return record(unsigned ?? NUMBERS[base] ?? '00', width, scale);
}

/** A number is doubled, because the lowest bit is the sign. */
const record = (number: string, width: number, scale: number): string =>
  `00${number}${'0'.repeat(20)}${hex(2 * width)}${hex(2 * scale)}`;

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(8, '0');
