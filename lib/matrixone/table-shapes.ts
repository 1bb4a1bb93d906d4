import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { Pin } from '../replication/position.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { pinHint } from './pins.ts';

/** The number of the table, and how often it was altered in place. */
export const shapeOf = (id: string, version: string): string => `${id}.${version}`;

/** `rel_id`, of the table with that shape. */
export const idOfShape = (shape: string): string => shape.slice(0, shape.indexOf('.'));

/** A list of more names takes longer than all tables of their databases do, and ever more so: 1,000 take 0.2 s, 3,000 1.4. */
const MOST_NAMED = 50;

/** As the server compares names. */
const place = (name: TableName): string => tableKey(name).toLowerCase();

/**
 * What `rel_id` (another one after TRUNCATE, DROP and CREATE, or an ALTER that rewrites the table) and `rel_version`
 * (raised by any other ALTER) were at a pin.
 */
export async function tableShapes(
  session: Session,
  tables: readonly TableName[],
  at: Pin,
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) return new Map();
  const { rows } = await session.query(
    `select reldatabase, relname, rel_id, rel_version from mo_catalog.mo_tables${pinHint(at)}
     where account_id = current_account_id() and ${tables.length > MOST_NAMED ? inDatabases(tables) : named(tables)}`,
  );
  const shapes = new Map(
    rows.map((row) => {
      const [database = '', table = '', id = '', version = ''] = row.map((value) => value?.toString('utf8') ?? '');
      return [place({ database, table }), shapeOf(id, version)] as const;
    }),
  );
  return new Map(
    tables.flatMap((table) => {
      const shape = shapes.get(place(table));
      return shape === undefined ? [] : [[tableKey(table), shape] as const];
    }),
  );
}

const named = (tables: readonly TableName[]): string => {
  const names = tables.map(({ database, table }) => `(lower(${quoteText(database)}), lower(${quoteText(table)}))`);
  return `(lower(reldatabase), lower(relname)) in (${names.join(', ')})`;
};

const inDatabases = (tables: readonly TableName[]): string => {
  const databases = [...new Set(tables.map(({ database }) => database))];
  return `lower(reldatabase) in (${databases.map((name) => `lower(${quoteText(name)})`).join(', ')})`;
};
