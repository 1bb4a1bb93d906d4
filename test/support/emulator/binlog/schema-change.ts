import { Parser, type QualifiedName } from '../sql/parser.ts';

/** True if the statement changes a schema. Notes the tables that are other tables afterwards. */
export const noteSchemaChange = (
  { database, sql }: { readonly database: string; readonly sql: string },
  replaced: Set<string>,
): boolean => {
  if (!/^\s*(?:create|alter|drop|rename|truncate)\b/i.test(sql)) return false;
  const parser = new Parser(sql);
  const key = (name: QualifiedName): string => `${name.database ?? database}.${name.table}`;
  if (parser.take('drop', 'database') || parser.take('drop', 'schema')) {
    parser.take('if', 'exists');
    replaced.add(`${parser.identifier()}.`);
  } else if (parser.take('truncate')) {
    parser.take('table');
    replaced.add(key(parser.qualifiedName()));
  } else if (parser.take('drop', 'table')) {
    parser.take('if', 'exists');
    do replaced.add(key(parser.qualifiedName()));
    while (parser.takeSymbol(','));
  } else if (parser.take('create', 'table') || parser.take('create', 'or', 'replace', 'table')) {
    parser.take('if', 'not', 'exists');
    replaced.add(key(parser.qualifiedName()));
  } else if (parser.take('rename', 'table')) {
    do {
      parser.qualifiedName();
      parser.expect('to');
      replaced.add(key(parser.qualifiedName()));
    } while (parser.takeSymbol(','));
  }
  return true;
};
