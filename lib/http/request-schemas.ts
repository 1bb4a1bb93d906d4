import { z } from 'zod';
import type { Complaint } from '../replication/complaint.ts';
import { checkTaskName, checkUri } from '../task/check-spec.ts';
import { Rejection } from '../task/rejection.ts';
import { mapTables, parseTables, type TablePair } from '../task/table-mapping.ts';
import { DEFAULT_OPTIONS, SINK_TYPES, type TableMapping, type TaskSpec } from '../task/task.ts';
import { missingField } from './body-complaints.ts';

const MOST_TABLES = 1_000;

/** Text that the rules of the domain judge, so that its complaints come with those about other fields. */
const judged = (judge: (text: string) => Complaint[]) =>
  z.string().superRefine((text, context) => {
    for (const { code, found } of judge(text)) context.addIssue({ code: 'custom', message: found, params: { code } });
  });

const uri = (setting: string) =>
  judged((text) => checkUri(setting, text)).meta({ example: 'mysql://user:password@host:6001' });

const table = z.string().meta({ description: 'database.table', example: 'production_db.user_activities' });

const pair = z.strictObject({ source: table, sink: table.optional() });

const tables = z
  .union([z.string().meta({ description: 'As the command line takes it: db.t[:db2.t2],…' }), z.array(pair)], {
    error: (issue) => missingField(issue) ?? 'Expected the text db.t[:db2.t2],… or a list of {"source", "sink"}.',
  })
  .transform((value, context): TableMapping[] => {
    try {
      const mappings = typeof value === 'string' ? parseTables(value) : mapTables(value satisfies TablePair[]);
      if (mappings.length > MOST_TABLES) context.addIssue(`A task has at most ${MOST_TABLES} tables.`);
      return mappings;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      for (const { code, found } of error.complaints) {
        context.addIssue({ code: 'custom', message: found, params: { code } });
      }
      return z.NEVER;
    }
  });

const between = (least: number, most: number, usual: number, description: string) =>
  z.int().min(least).max(most).default(usual).meta({ description });

const options = z
  .strictObject({
    pollIntervalMs: between(50, 3_600_000, DEFAULT_OPTIONS.pollIntervalMs, 'Time between two looks at the source.'),
    mode: z
      .enum(['continuous', 'tick'])
      .default(DEFAULT_OPTIONS.mode)
      .meta({ description: 'Look again and again, or once per scheduled run.' }),
    existingRows: z
      .enum(['refuse', 'replace'])
      .default(DEFAULT_OPTIONS.existingRows)
      .meta({ description: 'What the first copy does with rows that a sink table already has.' }),
    schemaChange: z.enum(['follow', 'stop']).default(DEFAULT_OPTIONS.schemaChange).meta({
      description: 'What becomes of the task when a source table is altered, truncated, dropped or made anew.',
    }),
    chunkRows: between(1, 10_000_000, DEFAULT_OPTIONS.chunkRows, 'Rows in one step of the first copy.'),
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
  })
  .prefault({});

/** The body of POST /tasks. */
export const createTaskBody = z
  .strictObject({
    taskName: judged(checkTaskName).meta({ example: 'activity_sync' }),
    sourceUri: uri('sourceUri'),
    sinkType: z.enum(SINK_TYPES),
    sinkUri: uri('sinkUri'),
    level: z
      .literal('table', { error: 'Only the level "table" is supported: name each table in `tables`.' })
      .default('table'),
    tables,
    options,
  })
  .transform(({ taskName, ...rest }): TaskSpec => ({ name: taskName, ...rest }));
