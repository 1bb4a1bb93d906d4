import { z } from 'zod';
import { type Complaint, Rejection } from '../../task/rejection.ts';
import { checkGivenUri, checkNewTaskName } from '../../task/check-spec.ts';
import { mapDatabases, parseDatabases } from '../../task/database-mapping.ts';
import { excludeProblems } from '../../task/exclude.ts';
import { LONGEST_NAME } from '../../task/name-text.ts';
import { mapTables, MOST_NAMED, parseTables } from '../../task/table-mapping.ts';
import {
  type DatabaseMapping,
  type Level,
  LEVELS,
  SINK_TYPES,
  type TableMapping,
  type TaskSpec,
} from '../../task/task.ts';
import { missingField } from './body-complaints.ts';
import { createOptions } from './option-schemas.ts';

/** The longest text of one mapping, in characters: two names, a dot, and some spaces that are trimmed. */
const LONGEST_TEXT = 2 * LONGEST_NAME + 64;

/** A text that the rules of lib/task check. Their complaints then come together with those about other fields. */
const judged = (judge: (text: string) => Complaint[]) =>
  z.string().superRefine((text, context) => {
    for (const { code, found } of judge(text)) context.addIssue({ code: 'custom', message: found, params: { code } });
  });

export const uri = (setting: string) =>
  judged((text) => checkGivenUri(setting, text)).meta({
    description:
      'In place of the password you can write {{resolve:secretsmanager:NAME:SecretString:KEY}} or {{resolve:ssm:NAME}}.',
    example: 'mysql://user:password@host:6001',
  });

export const table = z
  .string()
  .max(LONGEST_TEXT)
  .meta({ description: 'database.table', example: 'production_db.user_activities' });

const pair = z.strictObject({ source: table, sink: table.optional() });

/** Runs the rules of a mapping and reports their complaints as issues of this field. */
function mapped<T>(context: z.RefinementCtx, read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    for (const { code, found } of error.complaints) {
      context.addIssue({ code: 'custom', message: found, params: { code } });
    }
    return z.NEVER;
  }
}

export const tables = z
  .union(
    [
      z.string().meta({ description: 'As the command line takes it: db.t[:db2.t2],…' }),
      z.array(pair).max(MOST_NAMED, `A task names at most ${MOST_NAMED} tables.`),
    ],
    {
      error: (issue) => missingField(issue) ?? 'Expected the text db.t[:db2.t2],… or a list of {"source", "sink"}.',
    },
  )
  .transform((value, context): TableMapping[] => {
    return mapped(context, () => (typeof value === 'string' ? parseTables(value) : mapTables(value)));
  });

export const database = z.string().max(LONGEST_TEXT).meta({ example: 'production_db' });

export const databases = z
  .union([
    z.string().meta({ description: 'As the command line takes it: db[:db2],…' }),
    z
      .array(z.strictObject({ source: database, sink: database.optional() }))
      .max(MOST_NAMED, `A task names at most ${MOST_NAMED} databases.`),
  ])
  .transform((value, context): DatabaseMapping[] =>
    mapped(context, () => (typeof value === 'string' ? parseDatabases(value) : mapDatabases(value))),
  );

export const exclude = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .superRefine((patterns, context) => {
    for (const problem of excludeProblems(patterns)) context.addIssue(problem);
  })
  .meta({
    description: 'Regular expressions (RE2, as in Go): a table is left out if one of them matches its database.table',
  });

interface Asked {
  readonly level: Level;
  readonly tables?: unknown;
  readonly databases?: unknown;
  readonly exclude?: unknown;
}

/** The problem with the field at this level; undefined if the field fits the level. */
function misfit({ level, ...given }: Asked, field: 'tables' | 'databases' | 'exclude'): string | undefined {
  const present = given[field] !== undefined;
  if (field === 'exclude') {
    const named = present && level === 'table';
    return named ? 'It cannot be used at level "table": name only the tables to copy instead.' : undefined;
  }
  const wanted = level === (field === 'tables' ? 'table' : 'database');
  if (wanted) return present ? undefined : 'The field is missing.';
  return present ? `It cannot be used at level "${level}".` : undefined;
}

/** Adds a rule about a field that depends on the level. Zod also asks this rule when other fields are wrong. */
function fits<T extends z.ZodType<Asked>>(schema: T, field: 'tables' | 'databases' | 'exclude'): T {
  return schema.refine((asked) => misfit(asked, field) === undefined, {
    path: [field],
    error: ({ input }) => misfit(input as Asked, field),
    when: ({ value, issues }) =>
      typeof (value as Partial<Asked> | null)?.level === 'string' &&
      !issues.some(({ path }) => path?.[0] === field || path?.[0] === 'level'),
  });
}

const body = z.strictObject({
  taskName: judged(checkNewTaskName).meta({ example: 'activity_sync' }),
  sourceUri: uri('sourceUri'),
  sinkType: z.enum(SINK_TYPES),
  sinkUri: uri('sinkUri'),
  level: z.enum(LEVELS).default('table').meta({ description: 'Every database, whole databases, or single tables' }),
  tables: tables.optional().meta({ description: 'At level table' }),
  databases: databases.optional().meta({ description: 'At level database' }),
  exclude: exclude.optional(),
  options: createOptions,
});

/** The body of POST /tasks. */
export const createTaskBody = fits(fits(fits(body, 'tables'), 'databases'), 'exclude').transform(
  ({ taskName, tables = [], databases = [], exclude = [], ...rest }): TaskSpec => ({
    name: taskName,
    tables,
    databases,
    exclude,
    ...rest,
  }),
);
