import { quoteTable } from '../../../sql/identifier.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableName, type TableKey } from '../../../task/task.ts';
import { pinHint } from '../history/pins.ts';

/** Tables per statement. A longer statement is no faster per table, and if it fails, no table has an answer. */
export const TABLES_A_STATEMENT = 16;
/** For a table with more rows, the diff is cheaper. */
const MOST_ROWS = 10_000;

/**
 * A sum of each table's row ids, by `db.table`; `large` for more than MOST_ROWS rows. Reads the live tables, or all
 * tables at one pin: a query that names a table at two pins silently reads one of them twice.
 *
 * The hidden `__mo_rowid` is the place where a version of a row is stored (object, block, offset). The server never
 * uses a place again: every UPDATE writes another row and marks the old one deleted. So tables with the same ids hold
 * the same rows. The reverse is not true, as a merge moves rows. Ids can be counted and given to `hash_value`, and to
 * hardly anything else (4.2.0). There are two hashes, one of them added up with a carry: an XOR alone treats each bit
 * by itself, and ids of a block differ in few bits.
 */
export async function rowIdSums(
  connection: Connection,
  tables: readonly TableName[],
  at: Pin | undefined,
): Promise<ReadonlyMap<TableKey, string>> {
  const { rows } = await connection.query(tables.map((table, i) => sumsOf(i, table, at)).join(' union all '));
  return new Map(
    rows.flatMap(([index, ...sums]) => {
      const table = tables[Number(index)];
      return table === undefined ? [] : [[tableKey(table), sumText(sums)] as const];
    }),
  );
}

/** Replaces the sum of a table that is too large. */
export const LARGE = 'large';

/**
 * Reads the first table at the snapshot by name: the server then fails if the pin is gone, and has received everything
 * that was committed before it. The other tables use the pin's time and save that look-up.
 */
function sumsOf(index: number, table: TableName, at: Pin | undefined): string {
  const hint = at === undefined ? '' : pinHint(index === 0 ? at : { ...at, name: '' });
  return `select ${index}, count(*), bit_xor(hash_value(r)), sum(hash_value(0, r))
    from (select __mo_rowid as r from ${quoteTable(table)}${hint} limit ${MOST_ROWS + 1}) as t${index}`;
}

function sumText(sums: readonly (Buffer | null)[]): string {
  const [count = '', ...others] = sums.map((sum) => sum?.toString('latin1') ?? '');
  return Number(count) > MOST_ROWS ? LARGE : [count, ...others].join(' ');
}
