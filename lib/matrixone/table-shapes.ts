import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { Pin } from '../replication/position.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { pinHint } from './pins.ts';

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
  const names = tables.map(({ database, table }) => `(lower(${quoteText(database)}), lower(${quoteText(table)}))`);
  const { rows } = await session.query(
    `select reldatabase, relname, rel_id, rel_version from mo_catalog.mo_tables${pinHint(at)}
     where account_id = current_account_id() and (lower(reldatabase), lower(relname)) in (${names.join(', ')})`,
  );
  const shapes = new Map(
    rows.map((row) => {
      const [database = '', table = '', id = '', version = ''] = row.map((value) => value?.toString('utf8') ?? '');
      return [place({ database, table }), `${id}.${version}`] as const;
    }),
  );
  return new Map(
    tables.flatMap((table) => {
      const shape = shapes.get(place(table));
      return shape === undefined ? [] : [[tableKey(table), shape] as const];
    }),
  );
}
