import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import type { ListedTable } from '../../../replication/endpoints/source.ts';
import { partitionsOf } from './partitions.ts';
import { pinHint } from '../history/pins.ts';
import { shapeOf } from './table-shapes.ts';

/** Words for `relkind`. */
const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  v: 'view',
  e: 'external table',
  S: 'sequence',
  cluster: 'cluster table',
  s: 'stream',
};

/** A `relkind` in words. */
export const kindOf = (relkind: string): string => KINDS[relkind] ?? `relation of kind ${relkind}`;

/** Leaves out kinds that belong to another table or to a session. Some of their names could be a user's table. */
export const SHOWN = `relkind not in ('i', 'partition', 'fulltext', 'temporary_table', '')
  and left(relname, 11) <> '__mo_index_' and left(relname, 9) <> '__mo_tmp_' and left(relname, 3) <> '%!%'`;

/** A listed table with its shape (see table-shapes.ts), which this query returns at no extra cost. */
export interface ListedShape extends ListedTable {
  readonly shape: string;
}

/** The tables that mo_tables lists at a pin. */
export async function listTables(
  connection: Connection,
  databases: readonly string[] | 'account',
  at: Pin,
): Promise<ListedShape[]> {
  if (databases.length === 0) return [];
  const where = inDatabases('reldatabase', databases);
  const { rows } = await connection.query(
    `select reldatabase, relname, rel_id, relkind, rel_version, partitioned from mo_catalog.mo_tables${pinHint(at)}
     where account_id = current_account_id() and ${SHOWN} ${where}`,
  );
  const found = rows.map((row) => {
    const texts = row.map((v) => v?.toString('utf8') ?? '');
    const [database = '', table = '', id = '', kind = '', version = '', parts = ''] = texts;
    return { name: { database, table }, id, kind, version, partitioned: Number(parts) !== 0 };
  });
  const partitions = await partitionsOf(connection, found, at);
  return found.map(({ name, id, kind, version }) => {
    const shape = shapeOf(id, version, partitions.get(id));
    return { name, id, kind: kindOf(kind), shape };
  });
}

/** A condition on a column with database names, to append to other conditions. */
export const inDatabases = (column: string, databases: readonly string[] | 'account'): string =>
  databases === 'account' ? '' : `and lower(${column}) in (${databases.map(lowered).join(', ')})`;

const lowered = (name: string): string => `lower(${quoteText(name)})`;
