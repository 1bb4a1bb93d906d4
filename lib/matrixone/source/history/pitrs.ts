import type { Connection } from '../../../wire/connection.ts';
import type { Area, DatabaseName } from '../../../task/table-selection.ts';
import type { TableName } from '../../../task/task.ts';

/** The part of the server that a snapshot or a PITR covers. */
export interface Held {
  readonly level: string;
  readonly database: string;
  readonly table: string;
}

export interface Pitr extends Held {
  /** Nanoseconds since 1970 when the PITR was made or switched on. It holds nothing from before. */
  readonly created: bigint;
  /** Nanoseconds since 1970 when its length was changed last; the same as `created` if never. */
  readonly altered: bigint;
  /** How long it holds history, in nanoseconds. */
  readonly length: bigint;
}

/** Hours per unit of a PITR's length. Months and years count as the shortest possible. */
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, mo: 28 * 24, y: 365 * 24 };
const NANOS_PER_HOUR = 3_600_000_000_000n;
const NANOS_PER_SECOND = 1_000_000_000n;

export const areaParts = (area: Area): readonly ('account' | TableName | DatabaseName)[] =>
  area === 'account' ? ['account'] : area;

/** Compares names without case, because servers may change it. */
export function covers({ level, database, table }: Held, part: 'account' | TableName | DatabaseName): boolean {
  if (level === 'cluster' || level === 'account') return true;
  if (part === 'account' || part.database.toLowerCase() !== database.toLowerCase()) return false;
  return level === 'database' || (level === 'table' && part.table?.toLowerCase() === table.toLowerCase());
}

/**
 * The account's PITRs that are in force. Accounts other than `sys` have no `mo_catalog.mo_pitr` (seen on 4.2.0), and
 * SHOW PITR shows whole seconds and no state.
 */
export async function listPitrs(connection: Connection): Promise<Pitr[]> {
  const { rows } = await connection.query('select current_account_name()');
  const account = text(rows[0]?.[0]);
  return account === 'sys' ? await fromCatalogue(connection) : await fromShow(connection, account);
}

async function fromCatalogue(connection: Connection): Promise<Pitr[]> {
  const { rows } = await connection.query(
    `select level, database_name, table_name, create_time, modified_time, pitr_status_changed_time, pitr_length, pitr_unit
     from mo_catalog.mo_pitr where pitr_status = 1 and create_account = current_account_id()
       and (level = 'cluster' or account_name = current_account_name())`,
  );
  return rows.map((row) => {
    const [level = '', database = '', table = '', created = '0', altered = '0', activated = '0', ...rest] =
      row.map(text);
    const since = BigInt(created) > BigInt(activated) ? BigInt(created) : BigInt(activated);
    return { level, database, table, created: since, altered: later(since, BigInt(altered)), length: lengthOf(rest) };
  });
}

/**
 * A PITR belongs to the database that had the name when the PITR was made. A database that was made again since is not
 * covered. PITRs of single tables are left out: nothing shows whether the table is still the same.
 */
async function fromShow(connection: Connection, account: string): Promise<Pitr[]> {
  // Times are in the session's time zone, which is UTC.
  const { rows } = await connection.query('show pitr');
  // The session's next statement, and only that one, runs as if the account were `sys` (seen on 4.2.0:
  // current_account_id() is 0). So run one that does not matter.
  await connection.query('select 1');
  const found = rows.flatMap((row): Pitr[] => {
    const [, madeAt = '', alteredAt = '', level = '', owner = '', database = '', , ...rest] = row.map(text);
    if (level === 'table' || owner !== account) return [];
    // The fraction of the second is cut off, so use the next whole second, which is certainly not too early.
    const created = seconds(madeAt) + NANOS_PER_SECOND;
    const altered = alteredAt === madeAt ? created : later(created, seconds(alteredAt) + NANOS_PER_SECOND);
    return [{ level, database, table: '', created, altered, length: lengthOf(rest) }];
  });
  const named = found.filter(({ level }) => level === 'database');
  if (named.length === 0) return found;
  const made = await databasesMadeAt(connection);
  return found.filter(({ level, database, created }) => {
    const at = made.get(database.toLowerCase());
    return level !== 'database' || (at !== undefined && at < created);
  });
}

async function databasesMadeAt(connection: Connection): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await connection.query(
    'select datname, created_time from mo_catalog.mo_database where account_id = current_account_id()',
  );
  return new Map(rows.map((row) => [text(row[0]).toLowerCase(), seconds(text(row[1]))]));
}

const lengthOf = ([length = '0', unit = '']: readonly string[]): bigint =>
  BigInt(Number(length) * (HOURS[unit] ?? 0)) * NANOS_PER_HOUR;

const seconds = (time: string): bigint =>
  BigInt(Math.floor(Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`) / 1_000)) * NANOS_PER_SECOND;

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const text = (value: Buffer | null | undefined): string => value?.toString('utf8') ?? '';
