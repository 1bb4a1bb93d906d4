import type { TableSchema } from '../../lib/data/change.ts';
import { CdcError } from '../../lib/errors.ts';
import type { ListedName, ListedNames, NamesAsked } from '../../lib/replication/endpoints/source.ts';
import { isSystem } from '../../lib/task/table-mapping.ts';

/** The databases, or the tables of one. A database exists as long as it has a table. */
export function namesOf(all: readonly TableSchema[], { database, containing, most }: NamesAsked): ListedNames {
  const within = all.filter(({ table }) => table.database.toLowerCase() === database?.toLowerCase());
  if (database !== undefined && within.length === 0) throw new CdcError('SOURCE_DATABASE_MISSING', database);
  const databases = [...new Set(all.map(({ table }) => table.database))].filter((name) => !isSystem(name));
  const found: ListedName[] =
    database === undefined
      ? databases.map((name) => ({ name, kind: 'database', hasPrimaryKey: undefined }))
      : within.map((schema) => {
          const isView = /^create view/u.test(schema.details.comment ?? '');
          const hasPrimaryKey = isView ? undefined : schema.hasPrimaryKey;
          return { name: schema.table.table, kind: isView ? 'view' : 'table', hasPrimaryKey };
        });
  const names = found
    .filter(({ name }) => name.toLowerCase().includes(containing.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { names: names.slice(0, most), count: names.length };
}
