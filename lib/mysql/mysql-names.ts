import type { TableSchema } from '../replication/change.ts';
import type { TableName } from '../task/task.ts';

const LONGEST = 64;

/** Why MySQL and MariaDB have no such name; undefined where they do. */
export function unfitName(name: string): string | undefined {
  if (/[\u{10000}-\u{10ffff}]/u.test(name))
    return 'has characters beyond the basic plane of Unicode (emoji, for example)';
  if (name.endsWith(' ')) return 'ends with a space';
  return Array.from(name).length > LONGEST ? `has more than ${LONGEST} characters` : undefined;
}

/** Why MySQL and MariaDB cannot have a table of these names; undefined when they can. */
export function unfitNames({ database, table }: TableName, schema: TableSchema): string | undefined {
  const names = [
    ...[['database', database] as const, ['table', table] as const],
    ...schema.columns.filter(({ generated }) => !generated).map(({ name }) => ['column', name] as const),
  ];
  for (const [kind, name] of names) {
    const reason = unfitName(name);
    if (reason !== undefined) return `the name of the ${kind} ${JSON.stringify(name)} ${reason}`;
  }
  return undefined;
}
