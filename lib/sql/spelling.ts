import type { TableSchema } from '../data/change.ts';
import type { Expression } from '../data/table-definition.ts';

const folded = (name: string): string => name.toLowerCase();

/**
 * The same schema with its columns spelled as a server's own table has them. To servers `Name` and `NAME` are one
 * column, but after a column was modified under the other spelling, MatrixOne 4.2.0 crashes at the next INSERT. `own`:
 * names of the table's columns. Other columns keep their names.
 */
export function spelledAs(schema: TableSchema, own: readonly string[]): TableSchema {
  const names = new Map(own.map((name) => [folded(name), name] as const));
  const spelled = (name: string): string => names.get(folded(name)) ?? name;
  if (schema.columns.every(({ name }) => spelled(name) === name)) return schema;
  const inside = (expression: Expression): Expression =>
    expression.map((token) => (token.kind === 'column' ? { ...token, text: spelled(token.text) } : token));
  const { indexes, checks, clusterBy, partitioning, ...details } = schema.details;
  return {
    ...schema,
    columns: schema.columns.map(({ generation, ...column }) => ({
      ...column,
      name: spelled(column.name),
      ...(generation === undefined ? {} : { generation: { ...generation, expression: inside(generation.expression) } }),
    })),
    key: schema.key.map(spelled),
    details: {
      ...details,
      indexes: indexes.map((index) => ({
        ...index,
        parts: index.parts.map((part) => ({ ...part, column: spelled(part.column) })),
      })),
      ...(checks === undefined
        ? {}
        : { checks: checks.map((check) => ({ ...check, condition: inside(check.condition) })) }),
      ...(clusterBy === undefined ? {} : { clusterBy: clusterBy.map(spelled) }),
      ...(partitioning === undefined ? {} : { partitioning: { ...partitioning, by: inside(partitioning.by) } }),
    },
  };
}

/** Do the names differ only in the case of letters? */
export const isRecased = (from: string, to: string): boolean => from !== to && folded(from) === folded(to);
