import { quoteName } from '../../../sql/identifier.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Area } from '../../../task/table-selection.ts';

/**
 * The narrowest level that covers the area, because a snapshot holds back garbage collection for its own level only.
 * MatrixOne puts the names into a statement of its own without escaping them, so names with quotes need a wider level.
 */
export async function snapshotScope(connection: Connection, area: Area): Promise<string> {
  const [first, ...others] = area === 'account' ? [] : area;
  if (first !== undefined && others.every(({ database }) => database === first.database) && plain(first.database)) {
    const { database, table } = first;
    const one = others.length === 0 && table !== undefined && plain(table);
    return one ? `table ${quoteName(database)} ${quoteName(table)}` : `database ${quoteName(database)}`;
  }
  return await accountScope(connection);
}

/**
 * The levels for a barrier. Each level has a quota of its own. The first is the one with the fewest snapshots of tasks.
 */
export async function barrierScopes(connection: Connection, area: Area): Promise<string[]> {
  const [first] = area === 'account' ? [] : area;
  const scopes = [await accountScope(connection)];
  if (first === undefined || !plain(first.database)) return scopes;
  scopes.push(`database ${quoteName(first.database)}`);
  const { database, table } = first;
  if (table !== undefined && plain(table)) scopes.push(`table ${quoteName(database)} ${quoteName(table)}`);
  return scopes;
}

async function accountScope(connection: Connection): Promise<string> {
  const { rows } = await connection.query('select current_account_name()');
  return `account ${quoteName(rows[0]?.[0]?.toString('utf8') ?? '')}`;
}

const plain = (name: string): boolean => !/['"\\]/u.test(name);
