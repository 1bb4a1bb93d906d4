import type { Catalog } from '../catalog.ts';
import type { Compactions } from '../compactions.ts';
import type { SideConnection } from '../history/side.ts';
import { missingTable, MatrixOneError } from '../matrixone-error.ts';
import type { Snapshots } from '../snapshots.ts';
import type { QualifiedName } from '../sql/parser.ts';
import { fromWire } from '../sql/quoting.ts';
import type { TemporaryTables } from './temporary-tables.ts';

/** The surroundings that an answer to a statement needs. */
export interface Context {
  readonly snapshots: Snapshots;
  readonly catalog: Catalog;
  readonly compactions: Compactions;
  /** A connection for questions that other work must not hold up. */
  readonly lookup: SideConnection;
  readonly temporary: TemporaryTables;
  /** The session's current database. */
  readonly database: string | undefined;
  readonly user: string;
  readonly account: string;
}

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** The table that a name in a statement stands for. Its names are text, not bytes. */
export const resolve = (context: Context, name: QualifiedName): TableName => {
  const database = name.database === undefined ? context.database : fromWire(name.database);
  if (database === undefined) throw new MatrixOneError(1046, 'No database selected', '3D000');
  const table = fromWire(name.table);
  if (table === '') throw missingTable(table);
  return { database, table };
};
