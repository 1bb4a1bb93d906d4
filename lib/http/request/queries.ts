import { z } from 'zod';
import { Rejection } from '../../task/rejection.ts';
import { TASK_STATES } from '../../record/task-state.ts';
import { bodyComplaints } from './body-complaints.ts';
import { type TableKey, readTableKey } from '../../task/task.ts';

type Query = Readonly<Record<string, string | undefined>>;

/** The most tasks that one page may list. An answer may have 6 MB, and each task in it takes a few KB. */
const MOST = 1_000;

/**
 * Longest parameters, in characters: a few state names, the name of a task, and as many table names as a URL has room
 * for.
 */
const LONGEST_STATES = 512;
const LONGEST_NEXT = 256;
const LONGEST_TABLES = 16_384;

/** The query of GET /tasks. */
export const listQuery = z.strictObject({
  state: z
    .string()
    .max(LONGEST_STATES)
    .transform((text) => text.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(TASK_STATES)))
    .optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(MOST),
  next: z.string().max(LONGEST_NEXT).optional(),
});

export type ListQuery = z.infer<typeof listQuery>;

/** The query of DELETE /tasks/{name}. */
const dropQuery = z.strictObject({ force: z.enum(['true', 'false']).default('false') });

export const parseListQuery = (query: Query): ListQuery => parse(listQuery, query);
/** The query of POST /tasks/{name}/verify and resync. */
const checkQuery = z.strictObject({ tables: z.string().max(LONGEST_TABLES).optional() });

/** The source tables that the query names; undefined means all tables. */
export const tablesQuery = (query: Query): readonly TableKey[] | undefined =>
  parse(checkQuery, query)
    .tables?.split(',')
    .map((table) => readTableKey(table.trim()));

export const parseForce = (query: Query): boolean => parse(dropQuery, query).force === 'true';

/**
 * Throws REQUEST_INVALID with everything that is wrong. Unknown parameters are refused, because they may be misspelt.
 */
function parse<T>(schema: z.ZodType<T>, query: Query): T {
  const found = schema.safeParse(query);
  if (found.success) return found.data;
  throw new Rejection('REQUEST_INVALID', bodyComplaints(found.error.issues));
}
