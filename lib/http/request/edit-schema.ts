import { z } from 'zod';
import type { TaskEdit } from '../../task/edit-spec.ts';
import { listed, MOST_NAMED } from '../../task/table-mapping.ts';
import { tableKey, type TableMapping } from '../../task/task.ts';
import { editOptions } from './option-schemas.ts';
import { database, databases, exclude, table, tables, uri } from './request-schemas.ts';

const pairs = (mappings: readonly TableMapping[]) =>
  mappings.map(({ source, sink }) => ({ source: tableKey(source), sink: tableKey(sink) }));

const names = <T extends z.ZodString>(name: T) =>
  z
    .union([
      z
        .string()
        .transform((text) => listed(text).map((part) => part.trim()))
        .pipe(z.array(name).max(MOST_NAMED)),
      z.array(name).max(MOST_NAMED),
    ])
    .meta({ description: 'A list, or names separated by commas' });

/** The body of PATCH /tasks/{name}. A field that the request leaves out stays as it is. */
export const editTaskBody = z
  .strictObject({
    sourceUri: uri('sourceUri').optional(),
    sinkUri: uri('sinkUri').optional(),
    tables: tables.transform(pairs).optional().meta({ description: 'At level table: all tables from now on' }),
    addTables: tables.transform(pairs).optional(),
    removeTables: names(table).optional(),
    databases: databases.optional().meta({ description: 'At level database: all databases from now on' }),
    addDatabases: databases.optional(),
    removeDatabases: names(database).optional(),
    exclude: exclude.optional(),
    options: editOptions.optional(),
  })
  .transform((edit): TaskEdit => edit);
