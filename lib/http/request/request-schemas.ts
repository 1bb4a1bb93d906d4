import { z } from 'zod';
import { type Complaint, Rejection } from '../../task/rejection.ts';
import { checkGivenUri, checkNewTaskName } from '../../task/check-spec.ts';
import { mapDatabases, parseDatabases } from '../../task/database-mapping.ts';
import { excludeProblems } from '../../task/exclude.ts';
import { LONGEST_NAME } from '../../task/name-text.ts';
import { parseTime } from '../../task/point-in-time.ts';
import { mapTables, MOST_NAMED, parseTables } from '../../task/table-mapping.ts';
import {
  CHANGE_READERS,
  type DatabaseMapping,
  DEFAULT_OPTIONS,
  HISTORIES,
  type Level,
  LEVELS,
  SINK_TYPES,
  type TableMapping,
  type TaskSpec,
} from '../../task/task.ts';
import { missingField } from './body-complaints.ts';

/** As two names with a dot, and spaces that nobody minds. */
const LONGEST_TEXT = 2 * LONGEST_NAME + 64;
/** Of a time, or of another text of one form. */
const LONGEST_WORD = 64;

/** Text that the rules of the domain judge, so that its complaints come with those about other fields. */
const judged = (judge: (text: string) => Complaint[]) =>
  z.string().superRefine((text, context) => {
    for (const { code, found } of judge(text)) context.addIssue({ code: 'custom', message: found, params: { code } });
  });

export const uri = (setting: string) =>
  judged((text) => checkGivenUri(setting, text)).meta({
    description:
      'In the place of the password may be {{resolve:secretsmanager:NAME:SecretString:KEY}} or {{resolve:ssm:NAME}}.',
    example: 'mysql://user:password@host:6001',
  });

export const table = z
  .string()
  .max(LONGEST_TEXT)
  .meta({ description: 'database.table', example: 'production_db.user_activities' });

const pair = z.strictObject({ source: table, sink: table.optional() });

/** The complaints of a mapping's rules as those of the field. */
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
    description: 'Regular expressions (RE2, as in Go): tables whose database.table one matches are left out',
  });

const between = (least: number, most: number, usual: number, description: string) =>
  z.int().min(least).max(most).default(usual).meta({ description });

const time = (as: 'start' | 'end') =>
  z
    .string()
    .max(LONGEST_WORD)
    .meta({
      description: 'YYYY-MM-DD HH:MM:SS, in UTC unless an offset follows, or RFC 3339',
      example: '2025-03-28 15:00:00',
    })
    .transform((text, context): string => {
      const at = parseTime(text, as);
      if (at !== undefined) return new Date(at).toISOString();
      context.addIssue('It is no time of the form YYYY-MM-DD HH:MM:SS or of RFC 3339.');
      return z.NEVER;
    });

export const options = z
  .strictObject({
    pollIntervalMs: between(
      50,
      604_800_000,
      DEFAULT_OPTIONS.pollIntervalMs,
      'Longest time between two looks at the source; in mode tick between two windows, and no less than a minute.',
    ),
    mode: z
      .enum(['continuous', 'tick'])
      .default(DEFAULT_OPTIONS.mode)
      .meta({ description: 'Look again and again, or once per scheduled run.' }),
    existingRows: z
      .enum(['refuse', 'replace'])
      .default(DEFAULT_OPTIONS.existingRows)
      .meta({ description: 'What the first copy does with rows that a sink table already has.' }),
    droppedTables: z.enum(['keep', 'drop']).default(DEFAULT_OPTIONS.droppedTables).meta({
      description: 'What becomes of a sink table whose source table was dropped or renamed.',
    }),
    schemaChange: z.enum(['follow', 'stop']).default(DEFAULT_OPTIONS.schemaChange).meta({
      description: 'What becomes of the task when a source table is altered, truncated, dropped or made anew.',
    }),
    changeReader: z.enum(CHANGE_READERS).default(DEFAULT_OPTIONS.changeReader).meta({
      description: 'How changes are found: data branch diff, comparing two snapshots, or whichever fits the table.',
    }),
    history: z.enum(HISTORIES).default(DEFAULT_OPTIONS.history).meta({
      description:
        'What holds the history at the source: snapshots of the task, a PITR, or snapshots as long as the account may have more.',
    }),
    withoutKey: z.enum(['refuse', 'replace']).default(DEFAULT_OPTIONS.withoutKey).meta({
      description: 'A table without primary or NOT NULL unique key is refused, or replaced whenever it has changed.',
    }),
    chunkRows: between(1, 10_000_000, DEFAULT_OPTIONS.chunkRows, 'Rows in one step of the first copy.'),
    chunkBytes: between(1_024, 16 * 1024 ** 3, DEFAULT_OPTIONS.chunkBytes, '… or fewer, of so many bytes.'),
    loadWorkers: between(
      1,
      100,
      DEFAULT_OPTIONS.loadWorkers,
      'Workers that make the first copy at once, where it is large.',
    ),
    transactionRows: between(
      1,
      100_000_000,
      DEFAULT_OPTIONS.transactionRows,
      'Changes up to this number are applied in one transaction.',
    ),
    transactionBytes: between(
      1_024,
      16 * 1024 ** 3,
      DEFAULT_OPTIONS.transactionBytes,
      '… and up to this number of bytes.',
    ),
    noFull: z
      .boolean()
      .default(DEFAULT_OPTIONS.noFull)
      .meta({ description: 'No first copy: only what changes from now on, over the rows that the sink tables have.' }),
    startTs: time('start').nullable().default(DEFAULT_OPTIONS.startTs).meta({
      description: 'No first copy: changes since then, which a PITR or a snapshot of the source has to hold.',
    }),
    endTs: time('end')
      .nullable()
      .default(DEFAULT_OPTIONS.endTs)
      .meta({ description: 'The task is finished once the sink holds everything up to then, or a little later.' }),
    sendSqlTimeoutMs: z
      .int()
      .min(1_000)
      .max(86_400_000)
      .nullable()
      .default(DEFAULT_OPTIONS.sendSqlTimeoutMs)
      .meta({ description: 'A statement at the sink that takes longer is tried again; null: no limit.' }),
    maxSqlLength: between(
      1_024,
      64 * 1024 ** 2,
      DEFAULT_OPTIONS.maxSqlLength,
      'Bytes of an INSERT or DELETE; a larger row has a statement of its own.',
    ),
    tableErrors: z.enum(['stop', 'ignore']).default(DEFAULT_OPTIONS.tableErrors).meta({
      description: 'An error of one table fails the task, or sets the table aside until it is resynced.',
    }),
    allowUntestedVersion: z.boolean().default(DEFAULT_OPTIONS.allowUntestedVersion).meta({
      description: 'Take servers of MatrixOne versions that the product was not tried on, at your own risk.',
    }),
  })
  .prefault({});

interface Asked {
  readonly level: Level;
  readonly tables?: unknown;
  readonly databases?: unknown;
  readonly exclude?: unknown;
}

/** What the level wants of the field, when it is not that. */
function misfit({ level, ...given }: Asked, field: 'tables' | 'databases' | 'exclude'): string | undefined {
  const present = given[field] !== undefined;
  if (field === 'exclude') {
    const named = present && level === 'table';
    return named ? 'It does not go with the level "table": name only the tables that are wanted.' : undefined;
  }
  const wanted = level === (field === 'tables' ? 'table' : 'database');
  if (wanted) return present ? undefined : 'The field is missing.';
  return present ? `It does not go with the level "${level}".` : undefined;
}

/** A rule about a field that depends on the level; also asked when other fields are wrong. */
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
  options,
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
