import type { Connection } from '../../wire/connection.ts';
import type { Expression, Partition, Partitioning } from '../../data/table-definition.ts';
import { isSymbol, parseExpression } from './expression.ts';
import { HARMLESS_WORDS, PARTITION_WORDS } from './expression-words.ts';

const WORDS = new Set([...HARMLESS_WORDS, ...PARTITION_WORDS]);
/** The server does not quote names of partitions, and not every version takes a quoted one. */
const NAME = /^[a-z_]\w{0,63}$/iu;
const BY_NUMBER = /^(?:linear )?(?:hash|key)(?: algorithm = \d)?$/u;
const BY_VALUES = /^(?:range|list)(?: columns)?$/u;
const VALUES = /^values (?:less than(?: maxvalue)?|in)$/u;

/**
 * How a table is partitioned at a pin (`hint`), from the catalogue. Undefined if it was not understood: the server
 * stores values of partitions without escaping backslashes, so a value may look like the end of a text.
 */
export async function storedPartitions(
  connection: Connection,
  id: string,
  hint: string,
  columns: readonly string[],
): Promise<Partitioning | undefined> {
  const found = await connection.query(
    `select partition_description from mo_catalog.mo_partition_metadata${hint} where table_id = ${id}`,
  );
  const parts = await connection.query(
    `select partition_name, partition_expression_str from mo_catalog.mo_partition_tables${hint}
     where primary_table_id = ${id} order by partition_ordinal_position`,
  );
  const description = found.rows[0]?.[0]?.toString('utf8') ?? '';
  const named = parts.rows.map(
    ([name, values]) => [name?.toString('utf8') ?? '', values?.toString('utf8') ?? ''] as const,
  );
  return partitioning(description, named, columns);
}

/** Pure: reads the catalogue's words. */
export function partitioning(
  description: string,
  parts: readonly (readonly [name: string, values: string])[],
  columns: readonly string[],
): Partitioning | undefined {
  const by = parseExpression(description, columns, WORDS);
  if (by === undefined || parts.length === 0) return undefined;
  const head = headOf(by);
  if (head !== undefined && BY_NUMBER.test(head)) return { by, partitions: parts.length };
  if (head === undefined || !BY_VALUES.test(head)) return undefined;
  const partitions = parts.flatMap(([name, text]): Partition[] => {
    const values = parseExpression(text, columns, WORDS);
    const fits = values !== undefined && NAME.test(name) && VALUES.test(headOf(values) ?? '');
    return fits ? [{ name, values }] : [];
  });
  return partitions.length === parts.length ? { by, partitions } : undefined;
}

/** The words before the only outer parentheses; undefined if anything else stands outside. */
function headOf(expression: Expression): string | undefined {
  const open = expression.findIndex((token) => isSymbol(token, '('));
  const head = expression.slice(0, open < 0 ? undefined : open);
  if (!head.every(({ kind, text }) => kind === 'word' || kind === 'number' || text === '=')) return undefined;
  return open < 0 || endsAtClosing(expression, open) ? head.map(({ text }) => text).join(' ') : undefined;
}

function endsAtClosing(expression: Expression, open: number): boolean {
  let depth = 0;
  for (const [i, token] of expression.entries()) {
    if (i < open) continue;
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    if (depth === 0) return i === expression.length - 1;
  }
  return false;
}
