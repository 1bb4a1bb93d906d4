import { randomBytes } from 'node:crypto';
import { CdcError, toCdcError } from '../errors.ts';
import { quoteTable } from '../mysql/identifier.ts';
import type { SessionPool } from '../mysql/session-pool.ts';
import { serverVersion } from '../mysql/table-setup.ts';
import type { Complaint } from '../replication/complaint.ts';
import { complaintOf } from '../task/rejection.ts';
import { tableKey, type TableName } from '../task/task.ts';
import type { Pins } from './pins.ts';
import { tableSchema } from './read-table.ts';

const MINIMUM = [3, 0, 18] as const;

type Sessions = Pick<SessionPool, 'use'>;
type Snapshots = Pick<Pins, 'create' | 'drop'>;

/** Everything that keeps the tables from being read. Without a connection there is only that to complain of. */
export async function checkSource(pool: Sessions, pins: Snapshots, tables: readonly TableName[]): Promise<Complaint[]> {
  try {
    refuseVersion(await pool.use(serverVersion));
  } catch (error) {
    return [complaintOf(toCdcError(error), 'sourceUri')];
  }
  const found: Complaint[] = [];
  const fine: TableName[] = [];
  for (const table of tables) {
    await readable(pool, table).then(
      () => fine.push(table),
      (error: unknown) => found.push(complaintOf(about(table, error), 'tables')),
    );
  }
  // A snapshot of a view, or of a table that does not exist, fails for that reason alone.
  if (fine.length > 0) {
    await pinnable(pins, fine).catch((error: unknown) => found.push(complaintOf(toCdcError(error), 'sourceUri')));
  }
  return found;
}

/** MatrixOne's version follows that of MySQL: `8.0.30-MatrixOne-v4.2.0`. */
export function refuseVersion(version: string): void {
  const parts = /matrixone-v?(\d+)\.(\d+)\.(\d+)/iu.exec(version)?.slice(1).map(Number);
  if (parts === undefined && !/matrixone/iu.test(version)) {
    throw new CdcError('SOURCE_UNSUPPORTED', `The source is not MatrixOne: ${version}.`);
  }
  const differing = MINIMUM.findIndex((minimum, i) => parts?.[i] !== minimum);
  const older = parts !== undefined && differing >= 0 && (parts[differing] ?? 0) < (MINIMUM[differing] ?? 0);
  if (older) throw new CdcError('SOURCE_UNSUPPORTED', `The source is too old: ${version}.`);
}

/** The server's own words seldom name the table. */
function about(table: TableName, error: unknown): CdcError {
  const { code, message } = toCdcError(error);
  return new CdcError(code, message.includes(tableKey(table)) ? message : `${tableKey(table)}: ${message}`);
}

async function readable(pool: Sessions, table: TableName): Promise<void> {
  const definition = await pool.use(async (session) => {
    const { rows } = await session.query(`show create table ${quoteTable(table)}`);
    return rows[0]?.[1]?.toString('utf8');
  });
  if (definition === undefined) throw new CdcError('SOURCE_TABLE_MISSING', `There is no table ${tableKey(table)}.`);
  tableSchema(table, '', definition);
}

/** Creating a snapshot is a right that cannot be asked for, only tried. */
async function pinnable(pins: Snapshots, tables: readonly TableName[]): Promise<void> {
  const name = `mo_cdc_check_${randomBytes(8).toString('hex')}`;
  await pins.create(name, tables);
  await pins.drop(name);
}
