import { createHash } from 'node:crypto';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { pinHint } from '../history/pins.ts';

/** What mo_catalog.mo_tables says of a table. */
export interface CatalogRow {
  /** `rel_id`. */
  readonly id: string;
  readonly partitioned: boolean;
}

/**
 * What tells the partitions that a table has at a pin from any others, by `rel_id`. To truncate or drop a partition leaves
 * the table's `rel_id` and `rel_version` as they are, and `data branch diff` does not report the rows that went with it:
 * only the numbers of the partitions change (seen on 4.2.0). Nothing is asked where no table has any.
 */
export async function partitionsOf(
  connection: Connection,
  tables: readonly CatalogRow[],
  at: Pin,
): Promise<ReadonlyMap<string, string>> {
  const ids = tables.filter(({ partitioned }) => partitioned).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query(
    `select primary_table_id, partition_id from mo_catalog.mo_partition_tables${pinHint(at)}
     where primary_table_id in (${ids.join(', ')})`,
  );
  const found = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [table, partition] of rows) {
    found.get(table?.toString('latin1') ?? '')?.push(partition?.toString('latin1') ?? '');
  }
  return new Map([...found].map(([id, partitions]) => [id, digest(partitions)]));
}

const digest = (partitions: readonly string[]): string =>
  createHash('sha1').update(partitions.toSorted().join()).digest('hex').slice(0, 16);
