import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { type CatalogRow, partitionsOf } from './partitions.ts';
import { pinHint } from '../history/pins.ts';

/** The number of the table, with what tells its partitions if it has any, and how often it was altered in place. */
export const shapeOf = (id: string, version: string, partitions?: string): string =>
  `${id}${partitions === undefined ? '' : `/${partitions}`}.${version}`;

/** What is another one when the rows of the table with that shape are not those of before. */
export const idOfShape = (shape: string): string => shape.slice(0, shape.indexOf('.'));

/** A list of more names takes longer than all tables of their databases do, and ever more so: 1,000 take 0.2 s, 3,000 1.4. */
const MOST_NAMED = 50;

/** As the server compares names. */
const place = (name: TableName): string => tableKey(name).toLowerCase();

/**
 * What `rel_id` (another one after TRUNCATE, DROP and CREATE, or an ALTER that rewrites the table) and `rel_version`
 * (raised by any other ALTER) were at a pin, and the partitions. `data branch diff` across a TRUNCATE, or a DROP and CREATE,
 * does not fail: it reports the rows that only the old table has as INSERT (seen on 4.2.0). Only these numbers tell them
 * apart.
 */
export async function tableShapes(
  connection: Connection,
  tables: readonly TableName[],
  at: Pin,
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) return new Map();
  const { rows } = await connection.query(
    `select reldatabase, relname, rel_id, rel_version, partitioned from mo_catalog.mo_tables${pinHint(at)}
     where account_id = current_account_id() and ${tables.length > MOST_NAMED ? inDatabases(tables) : named(tables)}`,
  );
  const wanted = new Set(tables.map(place));
  const found = rows
    .map((row): CatalogRow & { readonly place: string; readonly version: string } => {
      const [database = '', table = '', id = '', version = '', parts = ''] = row.map((v) => v?.toString('utf8') ?? '');
      return { place: place({ database, table }), id, version, partitioned: Number(parts) !== 0 };
    })
    .filter((row) => wanted.has(row.place));
  const partitions = await partitionsOf(connection, found, at);
  const shapes = new Map(
    found.map((row) => [row.place, shapeOf(row.id, row.version, partitions.get(row.id))] as const),
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
