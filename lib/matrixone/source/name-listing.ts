import { CdcError } from '../../errors.ts';
import type { Connection } from '../../wire/connection.ts';
import { quoteText } from '../../sql/literal.ts';
import type { ListedName, ListedNames, NamesAsked } from '../../replication/endpoints/source.ts';
import { nameHint } from '../../task/name-text.ts';
import { SYSTEM_DATABASES } from '../../task/table-mapping.ts';
import { isUnsupportedByServer } from '../server/unsupported-by-server.ts';
import { NO_KEY } from '../definition/stored-table.ts';
import { inDatabases, kindOf, SHOWN } from './catalog/table-listing.ts';

const OWN = 'account_id = current_account_id()';
const NOT_SYSTEM = `lower(datname) not in (${[...SYSTEM_DATABASES].map(quoteText).join(', ')})`;

/** The databases, or the tables of one of them, as they are now. */
export async function listNames(connection: Connection, asked: NamesAsked): Promise<ListedNames> {
  const { database } = asked;
  if (database === undefined) {
    const where = `${OWN} and ${NOT_SYSTEM}`;
    const { rows, count } = await page(connection, asked, { table: 'mo_database', columns: ['datname'], where });
    return { names: rows.map(([name = '']) => ({ name, kind: 'database', hasPrimaryKey: undefined })), count };
  }
  const where = `${OWN} and ${SHOWN} ${inDatabases('reldatabase', [database])}`;
  const { rows, count } = await page(connection, asked, { table: 'mo_tables', columns: ['relname', 'relkind'], where });
  if (count === 0) await refuseMissing(connection, database);
  const found = rows.map(([name = '', kind = '']) => ({ name, kind: kindOf(kind) }));
  const keyed = found.some(({ kind }) => kind === 'table') ? await tablesWithKey(connection, database) : undefined;
  const names = found.map(({ name, kind }): ListedName => {
    return { name, kind, hasPrimaryKey: kind === 'table' ? keyed?.has(name) : undefined };
  });
  return { names, count };
}

interface Read {
  readonly table: string;
  /** The first one has the name. */
  readonly columns: readonly [string, ...string[]];
  readonly where: string;
}

/** The first rows by name, and how many there are. These are counted only if there may be more. */
async function page(
  connection: Connection,
  { containing, most }: NamesAsked,
  { table, columns, where }: Read,
): Promise<{ rows: string[][]; count: number }> {
  const [name] = columns;
  const wanted = containing === '' ? '' : `and instr(lower(${name}), lower(${quoteText(containing)})) > 0`;
  const from = `from mo_catalog.${table} where ${where} ${wanted}`;
  const found = await connection.query(`select ${columns.join(', ')} ${from} order by ${name} limit ${most}`);
  const rows = found.rows.map((row) => row.map((value) => value?.toString('utf8') ?? ''));
  if (rows.length < most) return { rows, count: rows.length };
  const counted = await connection.query(`select count(*) ${from}`);
  return { rows, count: Number(counted.rows[0]?.[0]?.toString('latin1')) };
}

async function refuseMissing(connection: Connection, database: string): Promise<void> {
  const { rows } = await connection.query(
    `select 1 from mo_catalog.mo_database where ${OWN} ${inDatabases('datname', [database])}`,
  );
  if (rows.length > 0) return;
  throw new CdcError('SOURCE_DATABASE_MISSING', `The source has no database ${database}.${nameHint(database)}`);
}

/** Undefined if the user may not read that. */
async function tablesWithKey(connection: Connection, database: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const { rows } = await connection.query(
      `select distinct att_relname from mo_catalog.mo_columns
       where ${OWN} and att_constraint_type = 'p' and attname <> ${quoteText(NO_KEY)} ${inDatabases('att_database', [database])}`,
    );
    return new Set(rows.map(([name]) => name?.toString('utf8') ?? ''));
  } catch (error) {
    if (isUnsupportedByServer(error)) return undefined;
    throw error;
  }
}
