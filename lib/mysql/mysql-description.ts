import type { Row } from '../data/change.ts';
import type { TableName } from '../task/task.ts';
import { signatureOf } from './create-table.ts';
import type { FoundIndex, SinkColumn, SinkDescription } from '../sink/dialect/dialect.ts';
import { quoteName } from '../sql/identifier.ts';
import { quoteText } from '../sql/literal.ts';
import { serverVersion } from '../wire/server-version.ts';
import type { Connection } from '../wire/connection.ts';

/** Geometries and vectors: MatrixOne prints them as text, but these servers take only their own bytes. */
const TAKES_NO_TEXT =
  /^(?:vector|geometry|point|linestring|polygon|multi(?:point|linestring|polygon)|geom(?:etry)?collection)\b/u;

const textAt = (row: Row | undefined, index: number): string => row?.[index]?.toString('utf8') ?? '';

/**
 * Describes a table of MySQL or MariaDB; undefined if there is none. If a user loses or gets all rights between two
 * queries, the table may appear to have no keys. So it must be visible to the first query and to the last.
 */
export async function describeTable(connection: Connection, name: TableName): Promise<SinkDescription | undefined> {
  const { rows } = await connection.query(`select 1 from information_schema.columns where ${inTable(name)} limit 1`);
  if (rows.length === 0) return undefined;
  const [key, unique] = [await primaryKey(connection, name), await uniqueKeys(connection, name)];
  const own = await indexes(connection, name);
  const columns = await sinkColumns(connection, name);
  if (columns.length === 0) return undefined;
  const rest = { columns, uniqueKeys: unique, indexes: own };
  const hiddenKey =
    key.length === 1 && columns.find((column) => column.name === key[0])?.hidden === true ? key[0] : undefined;
  return hiddenKey === undefined ? { ...rest, key } : { ...rest, key: [], hiddenKey };
}

const inTable = ({ database, table }: TableName): string =>
  `table_schema = ${quoteText(database)} and table_name = ${quoteText(table)}`;

async function primaryKey(connection: Connection, name: TableName): Promise<string[]> {
  const { rows } = await connection.query(`select column_name from information_schema.key_column_usage
    where constraint_name = 'PRIMARY' and ${inTable(name)} order by ordinal_position`);
  return rows.map((row) => textAt(row, 0));
}

async function uniqueKeys(connection: Connection, name: TableName): Promise<string[][]> {
  const { rows } = await connection.query(`select index_name, column_name, nullable = 'YES' or sub_part is not null
    from information_schema.statistics
    where non_unique = 0 and index_name <> 'PRIMARY' and ${inTable(name)} order by index_name, seq_in_index`);
  const keys = Map.groupBy(rows, (row) => textAt(row, 0));
  return [...keys.values()]
    .filter((columns) => columns.every((column) => textAt(column, 2) === '0'))
    .map((columns) => columns.map((column) => textAt(column, 1)));
}

async function indexes(connection: Connection, name: TableName): Promise<FoundIndex[]> {
  const { rows } = await connection.query(`select index_name, non_unique, column_name, sub_part
    from information_schema.statistics where index_name <> 'PRIMARY' and ${inTable(name)} order by index_name, seq_in_index`);
  return [...Map.groupBy(rows, (row) => textAt(row, 0))].map(([index, parts]) => {
    const kind = textAt(parts[0], 1) === '0' ? 'unique' : 'plain';
    const columns = parts.map((part) => textAt(part, 2));
    const lengths = parts.map((part) => textAt(part, 3));
    const signed = columns.map((column, i) => (lengths[i] === '' ? column : `${column}(${lengths[i] ?? ''})`));
    return { name: index, signature: signatureOf(kind, signed), columns, unique: kind === 'unique' };
  });
}

/** `hidden`: the key that MySQL adds to a table without one if `sql_generate_invisible_primary_key` is on. */
type FoundColumn = SinkColumn & { readonly hidden: boolean };

async function sinkColumns(connection: Connection, name: TableName): Promise<FoundColumn[]> {
  const { rows } = await connection.query(`select column_name, column_type, character_set_name, collation_name,
    generation_expression, is_nullable = 'NO', is_nullable = 'NO' and column_default is null and extra not like '%auto_increment%',
    lower(extra) like '%auto_increment%invisible%'
    from information_schema.columns where ${inTable(name)} order by ordinal_position`);
  const mayBeJson = rows.some((row) => textAt(row, 1) === 'longtext' && textAt(row, 3) === 'utf8mb4_bin');
  const isJson = mayBeJson ? await checkedForJson(connection, name) : () => false;
  return rows.map((row) => {
    const charset = textAt(row, 2);
    const collate = charset === '' ? '' : ` character set ${charset} collate ${textAt(row, 3)}`;
    return {
      name: textAt(row, 0),
      type: `${textAt(row, 1)}${collate}`,
      generated: textAt(row, 4) !== '',
      nullable: textAt(row, 5) === '0',
      required: textAt(row, 4) === '' && textAt(row, 6) === '1',
      takesNoText: TAKES_NO_TEXT.test(textAt(row, 1)),
      takesJsonOnly: isJson(textAt(row, 0)),
      hidden: textAt(row, 7) === '1',
    };
  });
}

/** MariaDB stores JSON as LONGTEXT, with a check on the column. MySQL has a type for it. */
async function checkedForJson(connection: Connection, name: TableName): Promise<(column: string) => boolean> {
  if (!/mariadb/iu.test(await serverVersion(connection))) return () => false;
  const { rows } =
    await connection.query(`select constraint_name, check_clause from information_schema.check_constraints
    where constraint_schema = ${quoteText(name.database)} and table_name = ${quoteText(name.table)}`);
  const clauses = new Map(rows.map((row) => [textAt(row, 0), textAt(row, 1)] as const));
  return (column) => clauses.get(column) === `json_valid(${quoteName(column)})`;
}
