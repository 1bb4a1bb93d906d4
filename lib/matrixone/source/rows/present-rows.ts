import { carriedColumns, keyIndexes, type Row, type TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import { quoteName, quoteNames } from '../../../sql/identifier.ts';
import { matrixoneLiteralOf } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import { keyCondition } from '../../../sql/statements.ts';
import { atPin } from '../history/pins.ts';

const KEYS_AT_ONCE = 200;

/**
 * The rows whose key exists in the table at the pin. The query returns numbers of rows, not keys: only the server knows
 * which keys are the same.
 */
export async function presentRows(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  rows: readonly Row[],
): Promise<Row[]> {
  const found: Row[] = [];
  for (let start = 0; start < rows.length; start += KEYS_AT_ONCE) {
    const asked = rows.slice(start, start + KEYS_AT_ONCE);
    if (await areAllPresent(connection, schema, at, asked)) {
      found.push(...asked);
      continue;
    }
    const answer = await connection.query(asked.map((row, i) => lookUp(schema, at, row, i)).join(' union all '));
    // UNION ALL answers in any order.
    const numbers = new Set(answer.rows.map(([number]) => Number(number)));
    found.push(...asked.filter((_, i) => numbers.has(i)));
  }
  return found;
}

/**
 * Does the table have as many of these keys as there are rows? Then it has all. One list of keys takes a tenth of the
 * time of one query per key.
 */
async function areAllPresent(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  rows: readonly Row[],
): Promise<boolean> {
  const condition = keyCondition(schema, rows, ({ type }) => matrixoneLiteralOf(type));
  const keys = `select distinct ${quoteNames(schema.key)} from ${atPin(schema.table, at)} where ${condition}`;
  const answer = await connection.query(`select count(*) from (${keys}) as r`);
  return Number(answer.rows[0]?.[0]) === rows.length;
}

function lookUp(schema: TableSchema, at: Pin, row: Row, number: number): string {
  const columns = carriedColumns(schema);
  const conditions = keyIndexes(schema).map((index) => {
    const column = columns[index];
    return `${quoteName(column?.name ?? '')} = ${matrixoneLiteralOf(column?.type ?? 'text')(row[index] ?? null)}`;
  });
  return `select ${number} from ${atPin(schema.table, at)} where ${conditions.join(' and ')}`;
}
