import type { TableSchema } from '../data/change.ts';
import type { TableName } from '../task/task.ts';

const LONGEST = 64;

/** Why MySQL and MariaDB cannot have this name; undefined if they can. */
export function unfitName(name: string): string | undefined {
  if (/[\u{10000}-\u{10ffff}]/u.test(name))
    return 'has characters beyond the basic plane of Unicode (emoji, for example)';
  if (name.endsWith(' ')) return 'ends with a space';
  return Array.from(name).length > LONGEST ? `has more than ${LONGEST} characters` : undefined;
}

/** Why MySQL and MariaDB cannot have a table with these names; undefined if they can. */
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

/** The limit of most file systems, less the file's ending. */
const LONGEST_FILE_NAME = 255 - '.ibd'.length;
const PLAIN = /\w/u;
const THREE_BYTES = /[\u00c0-\u052f]/u;

const fileNameBytes = (name: string): number =>
  Array.from(name).reduce((sum, letter) => sum + (PLAIN.test(letter) ? 1 : THREE_BYTES.test(letter) ? 3 : 5), 0);

/**
 * Why a table's name may be too long for a file; undefined if it is not. Tables and databases are files, and MySQL only
 * says `error 168` if a file's name is too long.
 */
export function doubtfulNames({ database, table }: TableName): string | undefined {
  const bytes = Math.max(...[database, table].map(fileNameBytes));
  return bytes > LONGEST_FILE_NAME ? `its name takes ${bytes} bytes as that of a file` : undefined;
}
