import { quoteTable } from '../../../sql/identifier.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { pinHint } from '../history/pins.ts';

/** Tables in one statement: more of them are planned no faster, and a statement that fails tells nothing of any. */
export const TABLES_A_STATEMENT = 16;
/** What a table of more rows takes here is more than what the diff of one takes. */
const MOST_ROWS = 10_000;

/**
 * What the ids of a table's rows come to (`large` for more than MOST_ROWS rows), by `db.table`; of the live tables or of
 * all of them at one pin, for a query that names a table at two silently reads one of them twice.
 *
 * The hidden `__mo_rowid` says where a version of a row is stored (object, block, offset). Nothing is ever stored in a
 * place that was used before: an UPDATE writes another row and marks the old one deleted, whatever it changes. So tables
 * with the same ids hold the same rows. The reverse does not hold, as a merge moves rows. Ids can be counted and given to
 * `hash_value`, and to hardly anything else (4.2.0). Two hashes, one of them added up with a carry: an XOR alone goes by
 * single bits, and ids of a block differ in few.
 */
export async function rowIdSums(
  connection: Connection,
  tables: readonly TableName[],
  at: Pin | undefined,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await connection.query(tables.map((table, i) => sumsOf(i, table, at)).join(' union all '));
  return new Map(
    rows.flatMap(([index, ...sums]) => {
      const table = tables[Number(index)];
      return table === undefined ? [] : [[tableKey(table), sumText(sums)] as const];
    }),
  );
}

/** What stands for a table too large to be added up. */
export const LARGE = 'large';

/**
 * The first table is named at the snapshot: the server looks it up, so that it fails where the pin is gone, and has
 * received all that was committed before it. The others need no look-up of their own.
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
