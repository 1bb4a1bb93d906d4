import { quoteName } from '../mysql/identifier.ts';
import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { Pin } from '../replication/position.ts';
import type { TableName } from '../task/task.ts';
import { parseCreateTable, type ParsedColumn } from './create-table-parser.ts';
import { failureOf } from './failure-of.ts';
import { pinHint } from './pins.ts';

/**
 * MatrixOne's SHOW CREATE TABLE prints the labels of a set (not of an enum) in lower case. They are values, so the
 * definition gets them back as they were declared, from information_schema.
 */
export async function withSetLabels(session: Session, table: TableName, at: Pin, definition: string): Promise<string> {
  const sets = parseCreateTable(definition)?.columns.filter((column) => /^set\b/u.test(column.type)) ?? [];
  if (sets.length === 0) return definition;
  const declared = await declaredTypes(session, table, at);
  return sets.reduce((text, column) => withLabels(text, column, declared.get(column.name)), definition);
}

/** At the pin where the server can, else as they are now: labels that do not fit the definition are left alone. */
async function declaredTypes(session: Session, { database, table }: TableName, at: Pin): Promise<Map<string, string>> {
  const query = (hint: string): string => `select column_name, column_type from information_schema.columns${hint}
    where table_schema = ${quoteText(database)} and table_name = ${quoteText(table)}`;
  const { rows } = await session.query(query(pinHint(at))).catch((error: unknown) => {
    if (failureOf(error) !== 'table-missing') throw error;
    return session.query(query(''));
  });
  return new Map(rows.map((row) => [row[0]?.toString('utf8') ?? '', row[1]?.toString('utf8') ?? '']));
}

/** Quotes in the labels are not escaped there; labels hold no commas, so they can be told apart all the same. */
function withLabels(definition: string, column: ParsedColumn, declared: string | undefined): string {
  const labels = /^set\('(.*)'\)$/isu.exec(declared ?? '')?.[1]?.split("','");
  const same = labels?.length === column.labels?.length && labels?.every((l, i) => equalButCase(l, column.labels?.[i]));
  if (labels === undefined || same !== true) return definition;
  const type = `set(${labels.map(quoteText).join(',')})`;
  const name = quoteName(column.name);
  return definition.replace(`${name} ${column.type}`, () => `${name} ${type}`);
}

const equalButCase = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
