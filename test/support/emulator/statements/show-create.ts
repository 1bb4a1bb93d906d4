import { parseShape } from '../history/shape.ts';
import { MatrixOneError } from '../matrixone-error.ts';
import { tableAt } from '../snapshots.ts';
import type { Parser } from '../sql/parser.ts';
import { literal, qualified, toWire } from '../sql/quoting.ts';
import { resolve, type Context, type TableName } from './context.ts';
import { readPoint } from './point.ts';

/** SHOW CREATE TABLE in MatrixOne's words; undefined if MariaDB is to answer (views). */
export const showCreateStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (!parser.take('show', 'create', 'table')) return undefined;
  const name = resolve(context, parser.qualifiedName());
  // MatrixOne 4.2.0 writes the name between double quotes without escaping it.
  if (name.table.includes('"'))
    throw new MatrixOneError(1105, `You have an error in your SQL syntax near ${name.table}`);
  const definition = parser.takeSymbol('{') ? definitionAt(parser, name, context) : await definitionNow(name, context);
  if (definition === undefined) return undefined;
  parser.expectEnd();
  return toWire(`select ${literal(name.table)} as \`Table\`, ${literal(printed(definition))} as \`Create Table\``);
};

/**
 * MatrixOne 4.2.0 makes a query of its answer, with the answer as a text in double quotes. So one level of backslashes
 * is lost.
 */
const printed = (definition: string): string => definition.replaceAll(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c);

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', Z: '\x1a' };

const definitionAt = (parser: Parser, { database, table }: TableName, context: Context): string => {
  const { cut, name } = readPoint(parser, context);
  return tableAt(cut, database, table, name).shape.definition;
};

export const definitionNow = async ({ database, table }: TableName, context: Context): Promise<string | undefined> => {
  try {
    const [row] = await context.lookup.rows(`show create table ${qualified(database, table)}`);
    const text = row?.[1] ?? '';
    return text.startsWith('CREATE TABLE') ? parseShape(database, table, '0', text).definition : undefined;
  } catch (error) {
    if (isMissing(error)) throw new MatrixOneError(1146, `no such table ${database}.${table}`);
    throw error;
  }
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'errno' in error && error.errno === 1146;
