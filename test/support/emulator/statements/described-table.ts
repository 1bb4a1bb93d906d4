import type { ColumnRecord } from '../../../../lib/matrixone/definition/stored-table.ts';
import { declaredTable } from '../../declared/declared-table.ts';
import { type StoredTable, storedTable } from '../../catalogue/stored-records.ts';
import type { Listed } from '../history/catalogue.ts';
import { parseShape } from '../history/shape.ts';
import { tableAt } from '../snapshots.ts';
import { isWord } from '../sql/parser.ts';
import { fromWire, literal, qualified, toWire } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import type { Context } from './context.ts';
import type { Edit } from './edits.ts';
import { timedTables } from './timed-tables.ts';

/** Columns of the catalogue that clients read for one table only. */
const ASKED = new Map([
  ['mo_tables', 'extra_info'],
  ['mo_columns', 'attr_generated'],
]);

/**
 * `mo_catalog.mo_tables` and `mo_columns`, at a snapshot or now, for the one table that a statement names by database
 * and table, with the server's records of that table.
 */
export async function describedTableEdits(tokens: readonly Token[], context: Context): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (const [catalog, column] of ASKED) {
    const at = tokens.findIndex((token) => isWord(token, catalog));
    if (at < 2 || !tokens.some((token) => isWord(token, column))) continue;
    const [database = '', table = ''] = tokens
      .filter(({ kind }) => kind === 'string')
      .slice(-2)
      .map(textOf);
    const timed = timedTables(tokens).find(({ first }) => first === at - 2);
    const found = await described(database, table, timed?.snapshot, timed?.isTime === true, context);
    const rows = found === undefined ? [] : catalog === 'mo_tables' ? [tableRow(found)] : columnRows(found);
    const end = tokens[timed === undefined ? at : timed.next - 1]?.end ?? 0;
    edits.push({ start: tokens[at - 2]?.start ?? 0, end, text: toWire(`${asTable(rows)} ${catalog}`) });
  }
  return edits;
}

const textOf = ({ text }: Token): string => fromWire(text);

interface Described extends StoredTable {
  readonly listed: Listed;
}

const isNamed = (database: string, table: string) => (listed: Listed) =>
  listed.database.toLowerCase() === database.toLowerCase() && listed.table.toLowerCase() === table.toLowerCase();

async function described(
  database: string,
  table: string,
  point: string | undefined,
  isTime: boolean,
  context: Context,
): Promise<Described | undefined> {
  if (point === undefined) return await describedNow(database, table, context);
  const { cut } = isTime ? context.snapshots.findAt(point) : context.snapshots.find(point);
  const listed = cut.listing.find(isNamed(database, table));
  if (listed === undefined) return undefined;
  if (listed.kind !== 'r') return { listed, ...storedTable({ columns: [], primaryKey: [], indexes: [] }) };
  const { shape, relation } = tableAt(cut, listed.database, listed.table, point);
  return { listed: { ...listed, ...relation }, ...storedTable(declaredTable(shape.definition)) };
}

async function describedNow(database: string, table: string, context: Context): Promise<Described | undefined> {
  const [row] = await context.lookup.rows(
    `select rel_id, relkind, reldatabase, relname from mo_catalog.mo_tables
     where reldatabase = ${literal(database)} and relname = ${literal(table)}`,
  );
  if (row === undefined) return undefined;
  const [id, kind, at, name] = row.map((value) => value ?? '');
  const listed: Listed = {
    id: id ?? '',
    kind: kind === 'r' ? 'r' : 'v',
    database: at ?? '',
    table: name ?? '',
    version: 0,
  };
  if (listed.kind !== 'r') return { listed, ...storedTable({ columns: [], primaryKey: [], indexes: [] }) };
  const [shown] = await context.lookup.rows(`show create table ${qualified(listed.database, listed.table)}`);
  const { definition } = parseShape(listed.database, listed.table, listed.id, shown?.[1] ?? '');
  return { listed, ...storedTable(declaredTable(definition)) };
}

type Cells = Readonly<Record<string, string | number | Buffer>>;

const tableRow = ({ listed, table }: Described): Cells => ({
  account_id: 0,
  rel_id: listed.id,
  relkind: listed.kind,
  reldatabase: listed.database,
  relname: listed.table,
  partitioned: 0,
  rel_comment: table.comment,
  constraint: table.constraints,
  extra_info: table.extra,
});

const columnRows = (described: Described): Cells[] =>
  described.columns.map((column, i) => columnRow(described, column, i));

const columnRow = ({ listed }: Described, column: ColumnRecord, at: number): Cells => ({
  account_id: 0,
  att_database: listed.database,
  att_relname: listed.table,
  att_relname_id: listed.id,
  attname: column.name,
  attnum: at + 1,
  atttyp: column.type,
  attr_enum: column.metadata,
  attnotnull: Number(column.notNull),
  atthasdef: Number(column.default.length > 0),
  att_default: column.default,
  attr_has_update: Number(column.onUpdate.length > 0),
  attr_update: column.onUpdate,
  att_is_auto_increment: Number(column.autoIncrement),
  att_comment: column.comment,
  att_is_hidden: Number(column.hidden),
  attr_has_generated: Number(column.generation !== undefined),
  attr_generated: column.generation ?? Buffer.alloc(0),
  attr_is_clusterby: Number(column.clusterBy),
});

/** Bytes are written as hexadecimal digits. */
function asTable(rows: readonly Cells[]): string {
  const [first = {}] = rows.length === 0 ? [EMPTY] : rows;
  const names = Object.keys(first);
  const values = rows.map((row) =>
    names.map((name) => (Buffer.isBuffer(row[name]) ? row[name].toString('hex') : (row[name] ?? ''))),
  );
  const isBytes = (name: string): boolean => Buffer.isBuffer(first[name]);
  const typeOf = (name: string): string => (typeof first[name] === 'number' ? 'bigint' : 'longtext');
  const columns = names.map((name, i) => `\`${name}\` ${typeOf(name)} path '$[${i}]'`);
  const selected = names.map((name) => (isBytes(name) ? `unhex(\`${name}\`) \`${name}\`` : `\`${name}\``));
  return `(select ${selected.join(', ')} from json_table(${literal(JSON.stringify(values))}, '$[*]' columns (${columns.join(', ')})) j)`;
}

const NOTHING: Described = {
  listed: { id: '', kind: 'r', database: '', table: '', version: 0 },
  ...storedTable({ columns: [], primaryKey: [], indexes: [] }),
};
const EMPTY: Cells = { ...tableRow(NOTHING), ...columnRows(NOTHING)[0] };
