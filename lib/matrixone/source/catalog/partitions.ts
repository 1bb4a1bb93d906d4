import { createHash } from 'node:crypto';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { pinHint } from '../history/pins.ts';

/** A table's row in mo_catalog.mo_tables. */
export interface CatalogRow {
  /** `rel_id`. */
  readonly id: string;
  readonly partitioned: boolean;
}

/**
 * A digest of the partitions that each table has at a pin, by `rel_id`; asks nothing if no table has any. TRUNCATE or
 * DROP of a partition keeps the table's `rel_id` and `rel_version`, and `data branch diff` does not report the rows
 * that are gone. Only the partitions' ids change (seen on 4.2.0).
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
