import { z } from 'zod';
import type { TaskEdit } from '../../task/edit-spec.ts';
import { listed, MOST_NAMED } from '../../task/table-mapping.ts';
import { tableKey, type TableMapping, type TaskOptions } from '../../task/task.ts';
import { database, databases, exclude, options, table, tables, uri } from './request-schemas.ts';

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

/** The options of a task, each of them left as it is where it is not given. */
const optionShape = Object.fromEntries(
  Object.entries(options.unwrap().shape).map(([name, field]) => [name, field.unwrap().optional()]),
);
const optionChanges = z.strictObject(optionShape).transform((given) => given as Partial<TaskOptions>);

/** The body of PATCH /tasks/{name}: what is left out stays as it is. */
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
    options: optionChanges.optional(),
  })
  .transform((edit): TaskEdit => edit);
