import { notSupported } from '../matrixone-error.ts';
import { type Parser } from '../sql/parser.ts';
import { fromWire, literal } from '../sql/quoting.ts';
import { type Context, resolve } from './context.ts';

/**
 * If a column is modified under its name in another case of letters, a MatrixOne 4.2.0 crashes at the next INSERT, and
 * again after each restart. The emulator refuses the statement that begins this.
 */
export const refuseRecased = async (parser: Parser, context: Context): Promise<undefined> => {
  if (!parser.take('alter', 'table')) return undefined;
  const { database, table } = resolve(context, parser.qualifiedName());
  if (!parser.take('modify')) return undefined;
  parser.take('column');
  const column = fromWire(parser.identifier());
  const [row] = await context.lookup.rows(
    `select column_name from information_schema.columns where table_schema = ${literal(database)}
     and table_name = ${literal(table)} and column_name = ${literal(column)}`,
  );
  const own = row?.[0] ?? column;
  if (own !== column) throw notSupported(`modify column ${column} of a column ${own}, which kills the server`);
  return undefined;
};
