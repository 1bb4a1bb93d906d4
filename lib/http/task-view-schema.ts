import { z } from 'zod';
import { ERRORS } from '../error-codes.ts';
import { PHASES } from '../replication/progress.ts';
import { TASK_STATES } from '../task/task-state.ts';
import { LEVELS, SINK_TYPES } from '../task/task.ts';
import { checkSchema } from './check-view-schema.ts';

const time = z.iso.datetime().meta({ description: 'UTC, to the millisecond' });
const count = z.int().min(0);
const errorCode = z.string().meta({ enum: Object.keys(ERRORS) });

const point = z.object({
  position: z.string().meta({ description: "The source's timestamp in nanoseconds, a string" }),
  time,
});

const table = z.object({
  source: z.string(),
  sink: z.string(),
  chunks: count.meta({ description: 'Steps of the first copy; 0 before they are planned' }),
  chunksDone: count,
  rows: count.meta({ description: 'Rows copied at first' }),
  missing: z.boolean().meta({ description: 'The source table was dropped; the sink keeps what it has of it' }),
  setAside: z
    .object({ code: errorCode, message: z.string(), action: z.string(), at: time })
    .nullable()
    .meta({ description: 'The error for which the table is out of the windows, until it is resynced' }),
});

const notes = (description: string) =>
  z
    .object({ count, first: z.array(z.object({ table: z.string(), reason: z.string() })) })
    .meta({ description: `${description}: how many, and the first of them` });

/** What a task looks like to the outside; nothing of it is secret. */
export const taskViewSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: z.enum(TASK_STATES),
    desired: z.enum(['running', 'paused', 'dropping']).meta({ description: 'What was last asked for' }),
    sourceUri: z.string().meta({ description: 'With its password masked' }),
    sinkType: z.enum(SINK_TYPES),
    sinkUri: z.string().meta({ description: 'With its password masked' }),
    level: z.enum(LEVELS),
    databases: z.array(z.object({ source: z.string(), sink: z.string() })).meta({ description: 'At level database' }),
    exclude: z.array(z.string()).meta({ description: 'Regular expressions of tables that are left alone' }),
    tables: z.array(table).meta({ description: 'At the levels account and database those found, 1000 at most' }),
    leftOut: notes('Tables that cannot be replicated, and why'),
    dropped: notes('Tables dropped at the source while the task ran; those of the sink stay'),
    phase: z.enum(PHASES).meta({ description: 'load: the first copy; window: its changes since' }),
    checkpoint: point
      .nullable()
      .meta({ description: 'Up to here the sink holds everything; null before the first copy is done' }),
    caughtUpAt: time.nullable().meta({ description: 'When the source last had nothing new' }),
    lagMs: count.nullable().meta({ description: 'Age of the later of checkpoint and caughtUpAt' }),
    pendingWindow: z
      .object({ number: count, until: point })
      .nullable()
      .meta({ description: 'The changes being applied; the sink may be between two checkpoints' }),
    windows: count.meta({ description: 'Windows of changes applied so far' }),
    check: checkSchema,
    rowsLoaded: count,
    rowsApplied: count,
    error: z
      .object({
        code: errorCode,
        message: z.string(),
        action: z.string(),
        retry: z.boolean(),
        attempts: count,
        firstAt: time,
        lastAt: time,
        table: z.string().nullable().meta({ description: 'The source table whose error it is, if it is one’s alone' }),
      })
      .nullable(),
    generation: count.meta({ description: 'Raised by every restart' }),
    epoch: count.meta({ description: 'Raised by every new worker' }),
    lease: z
      .object({ owner: z.string(), held: z.boolean(), until: time, runsUntil: time })
      .nullable()
      .meta({ description: 'The worker that runs the task, or last ran it' }),
    progressAt: time.meta({ description: 'When the task last came forward' }),
    createdAt: time,
    asOf: time.meta({ description: 'When all this was so' }),
    options: z.object({
      pollIntervalMs: count,
      mode: z.enum(['continuous', 'tick']),
      existingRows: z.enum(['refuse', 'replace']),
      schemaChange: z.enum(['follow', 'stop']),
      chunkRows: count,
      transactionRows: count,
      transactionBytes: count,
      noFull: z.boolean(),
      endTs: time.nullable(),
      sendSqlTimeoutMs: count.nullable(),
      maxSqlLength: count,
      tableErrors: z.enum(['stop', 'ignore']),
    }),
  })
  .meta({ title: 'Task' });

export type TaskView = z.infer<typeof taskViewSchema>;
