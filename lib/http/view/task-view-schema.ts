import { z } from 'zod';
import { ERRORS } from '../../error-codes.ts';
import { PACES } from '../../record/pace.ts';
import { PHASES } from '../../record/progress.ts';
import { TASK_STATES } from '../../record/task-state.ts';
import { LEVELS, SINK_TYPES } from '../../task/task.ts';
import { TABLE_PHASES } from './table-phase.ts';
import { shownOptions } from './option-view-schema.ts';
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
  phase: z.enum(TABLE_PHASES).meta({
    description:
      'waiting, loading, loaded: before, during and after its first copy; replicating: the task follows its changes; setAside: after an error of its own; dropped: at the source; finished: the task is',
  }),
  chunks: count.meta({ description: 'Chunks of the first copy; 0 until they are planned' }),
  chunksDone: count,
  rows: count.meta({ description: 'Rows that the first copy has copied' }),
  rowsExpected: count
    .nullable()
    .meta({ description: 'Rows that the first copy will copy; null until they are counted' }),
  timeLeftMs: count.nullable().meta({
    description:
      "Estimate of the milliseconds that the rest of the table's first copy takes, at the pace of the present worker; null: unknown",
  }),
  lagMs: count.nullable().meta({
    description: 'The lag of the task, because all tables share one checkpoint; null before the first checkpoint',
  }),
  missing: z.boolean().meta({
    description: 'True: the source table was dropped; options.droppedTables says what happens to its sink table',
  }),
  setAside: z
    .object({ code: errorCode, message: z.string(), action: z.string(), at: time })
    .nullable()
    .meta({ description: 'The error because of which the table was set aside; a resync brings the table back' }),
});

const comparison = z
  .object({
    table: z.string().meta({ description: 'The source table that is being compared' }),
    tables: count,
    tablesDone: count,
    chunks: count.meta({ description: 'Chunks of this table; twice as many if it has unique keys' }),
    chunksDone: count,
    rows: count.meta({ description: 'Rows compared so far, in all tables' }),
    rowsExpected: count.nullable(),
    timeLeftMs: count.nullable().meta({
      description: 'Milliseconds for the rest at the pace of this worker; null: not known yet, or no worker runs',
    }),
  })
  .meta({
    description:
      'How far the comparison of tables with their sink tables has come, if the window needs one that takes a while',
  });

const notes = (description: string) =>
  z
    .object({ count, first: z.array(z.object({ table: z.string(), reason: z.string() })) })
    .meta({ description: `${description}: how many, and the first of them` });

/** The task as the API shows it. No field is secret. */
export const taskViewSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: z.enum(TASK_STATES),
    stalledSince: time.nullable().meta({
      description: 'Since when the task should have made progress and has not; null: the task is not stalled',
    }),
    runningSince: time.meta({ description: 'When the task was last created, resumed or restarted' }),
    desired: z.enum(['running', 'paused', 'dropping']).meta({ description: 'The state that the user asked for last' }),
    sourceUri: z.string().meta({ description: 'The URI with its password masked' }),
    sinkType: z.enum(SINK_TYPES),
    sinkUri: z.string().meta({ description: 'The URI with its password masked' }),
    level: z.enum(LEVELS),
    databases: z.array(z.object({ source: z.string(), sink: z.string() })).meta({ description: 'At level database' }),
    exclude: z.array(z.string()).meta({ description: 'Regular expressions of tables that the task leaves out' }),
    tables: z.array(table).meta({
      description: 'The tables of the task; at the levels account and database those that were found, at most 1000',
    }),
    leftOut: notes('Tables that cannot be replicated, and why'),
    simplified: notes(
      'Tables whose sink tables lack parts of the definition, such as a check or an index, and the parts that they lack',
    ),
    compared: notes(
      'Tables that were compared because the source no longer had the record of their changes: when last, and why',
    ),
    dropped: notes('Tables dropped at the source while the task ran, and what happened to their sink tables'),
    phase: z.enum(PHASES).meta({ description: 'load: the first copy; window: its changes since' }),
    pace: z.enum(PACES).meta({
      description:
        'continuous: a worker looks at the source all the time; tick: a worker looks once a minute. In mode adaptive it says which of the two the task is in',
    }),
    checkpoint: point
      .nullable()
      .meta({ description: 'The sink holds everything up to this position; null until the first copy is done' }),
    caughtUpAt: time.nullable().meta({ description: 'When the source last had nothing new' }),
    lagMs: count
      .nullable()
      .meta({ description: 'Milliseconds since the checkpoint or caughtUpAt, whichever is later' }),
    lagRatio: z.number().min(0).nullable().meta({
      description:
        'lagMs in intervals: pollIntervalMs or minWindowMs, but at least ten seconds, or a minute where pace is tick. Below 2 is good, above 5 is not',
    }),
    timeLeftMs: count.nullable().meta({
      description:
        'Estimate of the milliseconds that the rest of the first copy takes, at the pace of the present worker; null: unknown, or no copy is under way',
    }),
    historyPinnedSince: time.nullable().meta({
      description: 'The oldest history that the task needs at the source; null: none is held',
    }),
    historyPinnedMs: count.nullable().meta({ description: 'Milliseconds since then' }),
    historyHeldBy: z.enum(['snapshots', 'pitr']).nullable().meta({
      description: 'Where that history is held: by snapshots of the task, or (at least a part of it) by a PITR',
    }),
    historyHeldUntil: time.nullable().meta({
      description:
        'The PITR holds that history only until then, unless the task makes progress; null: snapshots hold it',
    }),
    warning: z
      .object({ code: errorCode, message: z.string(), action: z.string() })
      .nullable()
      .meta({ description: 'A problem that will come unless somebody acts; null: none' }),
    advice: z
      .string()
      .nullable()
      .meta({ description: 'A setting that would serve the task better; nothing is wrong without it' }),
    pendingWindow: z
      .object({ number: count, until: point, comparison: comparison.nullable() })
      .nullable()
      .meta({ description: 'The window that is being applied; meanwhile the sink may be between two checkpoints' }),
    windows: count.meta({ description: 'Windows of changes applied so far' }),
    check: checkSchema,
    rowsLoaded: count,
    rowsApplied: count,
    rowsUnderWay: count.meta({
      description: 'Rows that the step under way has read since progressAt, updated about every 12 seconds',
    }),
    error: z
      .object({
        code: errorCode,
        message: z.string(),
        action: z.string(),
        retry: z.boolean(),
        attempts: count,
        firstAt: time,
        lastAt: time,
        table: z.string().nullable().meta({
          description: 'The source table that the error belongs to; null if it is not the error of one table',
        }),
      })
      .nullable(),
    generation: count.meta({ description: 'Raised by every restart' }),
    epoch: count.meta({ description: 'Raised by every new worker' }),
    lease: z
      .object({ owner: z.string(), held: z.boolean(), until: time, runsUntil: time })
      .nullable()
      .meta({ description: 'The worker that runs the task, or last ran it' }),
    progressAt: time.meta({ description: 'When the task last completed a step' }),
    createdAt: time,
    asOf: time.meta({ description: 'When this view was made' }),
    options: shownOptions,
  })
  .meta({ title: 'Task' });

export type TaskView = z.infer<typeof taskViewSchema>;

/** A task in a list: the same fields, with counts in place of everything that grows with the number of tables. */
export const taskSummarySchema = taskViewSchema
  .omit({ databases: true, exclude: true, check: true })
  .extend({
    tables: z
      .object({ count, phases: z.partialRecord(z.enum(TABLE_PHASES), count) })
      .meta({ description: 'The number of tables, and the number in each phase' }),
    leftOut: count,
    simplified: count,
    compared: count,
    dropped: count,
  })
  .meta({ title: 'Task in a list' });

export type TaskSummary = z.infer<typeof taskSummarySchema>;

export const taskListSchema = z.object({
  tasks: z.array(taskSummarySchema),
  next: z
    .string()
    .nullable()
    .meta({ description: 'Send this as `next` to get the tasks that follow; null: there are no more' }),
});

export type TaskList = z.infer<typeof taskListSchema>;
