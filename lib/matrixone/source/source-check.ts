import { randomBytes } from 'node:crypto';
import { CdcError, isCdcError, toCdcError } from '../../errors.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import { type Complaint, complain, complaintOf } from '../../task/rejection.ts';
import type { Area, DatabaseName } from '../../task/table-selection.ts';
import { nameHint } from '../../task/name-text.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import type { Pins } from './history/pins.ts';
import { tableSchema } from '../definition/read-table.ts';
import { tableDefinition } from '../definition/table-catalog.ts';
import type { TableRules } from '../definition/table-rules.ts';
import { isMatrixone, untried } from '../server/versions.ts';

type Sessions = Pick<ConnectionPool, 'use'>;
type Snapshots = Pick<Pins, 'create' | 'drop'>;

/** Lists everything that keeps the area from being read. Without a connection, that is the only complaint. */
export async function checkSource(
  pool: Sessions,
  pins: Snapshots,
  area: Area,
  rules: TableRules,
): Promise<Complaint[]> {
  try {
    // Every new connection checks the server's version.
    await pool.use(() => Promise.resolve());
  } catch (error) {
    return [complaintOf(toCdcError(error), 'sourceUri')];
  }
  const names = area === 'account' ? [] : area;
  const found = await pool.use((connection) => missingDatabases(connection, names.filter(isDatabase)));
  const fine: (TableName | DatabaseName)[] = found.length === 0 ? names.filter(isDatabase) : [];
  for (const table of names.filter((name) => !isDatabase(name))) {
    await readable(pool, table, rules).then(
      () => fine.push(table),
      (error: unknown) => found.push(complaintOf(about(table, error), 'tables')),
    );
  }
  // Leave out views and missing tables: a snapshot of them would fail for that reason alone.
  const pinned = area === 'account' ? area : fine;
  if (pinned.length > 0) {
    await pinnable(pins, pinned).catch((error: unknown) => {
      const setting = isCdcError(error, 'PITR_MISSING') ? 'options.history' : 'sourceUri';
      found.push(complaintOf(toCdcError(error), setting));
    });
  }
  return found;
}

export function refuseVersion(version: string, allowUntestedVersion: boolean): void {
  if (!isMatrixone(version)) throw new CdcError('SOURCE_UNSUPPORTED', `The source is not MatrixOne: ${version}.`);
  const reason = allowUntestedVersion ? undefined : untried(version);
  if (reason !== undefined) throw new CdcError('SOURCE_UNSUPPORTED', `The source cannot be used: ${reason}.`);
}

const isDatabase = (name: TableName | DatabaseName): name is DatabaseName => name.table === undefined;

async function missingDatabases(connection: Connection, names: readonly DatabaseName[]): Promise<Complaint[]> {
  if (names.length === 0) return [];
  const { rows } = await connection.query(
    `select lower(datname) from mo_catalog.mo_database where account_id = current_account_id()
     and lower(datname) in (${names.map(({ database }) => `lower(${quoteText(database)})`).join(', ')})`,
  );
  const present = new Set(rows.map((row) => row[0]?.toString('utf8')));
  return names
    .filter(({ database }) => !present.has(database.toLowerCase()))
    .map(({ database }) =>
      complain('SOURCE_DATABASE_MISSING', 'databases', `The source has no database ${database}.${nameHint(database)}`),
    );
}

/** Adds the table's name: the server's own text seldom has it. */
function about(table: TableName, error: unknown): CdcError {
  const { code, message } = toCdcError(error);
  return new CdcError(code, message.includes(tableKey(table)) ? message : `${tableKey(table)}: ${message}`);
}

async function readable(pool: Sessions, table: TableName, rules: TableRules): Promise<void> {
  const definition = await pool.use((connection) => tableDefinition(connection, table, ''));
  if (definition === undefined)
    throw new CdcError('SOURCE_TABLE_MISSING', `There is no table ${tableKey(table)}.${nameHint(tableKey(table))}`);
  tableSchema(table, '', definition, rules);
}

/** Only trying tells whether the user may create a snapshot. */
async function pinnable(pins: Snapshots, area: Area): Promise<void> {
  // If this worker dies before it drops the snapshot, the next worker that makes a barrier does.
  const name = `mo_cdc_check_0_barrier${randomBytes(8).toString('hex')}`;
  await pins.create(name, area);
  await pins.drop(name);
}
