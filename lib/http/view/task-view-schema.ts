import { z } from 'zod';
import { ERRORS } from '../../error-codes.ts';
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
      'waiting for, in or past its first copy; then its changes are followed, unless it is set aside or dropped',
  }),
  chunks: count.meta({ description: 'Steps of the first copy; 0 before they are planned' }),
  chunksDone: count,
  rows: count.meta({ description: 'Rows copied at first' }),
  rowsExpected: count.nullable().meta({ description: 'Rows that its first copy has; null while they are not counted' }),
  timeLeftMs: count.nullable().meta({
    description:
      'How long the rest of its first copy takes by itself, at the pace of the present worker; null: unknown',
  }),
  lagMs: count.nullable().meta({ description: 'That of the task: all tables share one checkpoint; null before it' }),
  missing: z
    .boolean()
    .meta({ description: 'The source table was dropped; options.droppedTables says what became of that of the sink' }),
  setAside: z
    .object({ code: errorCode, message: z.string(), action: z.string(), at: time })
    .nullable()
    .meta({ description: 'The error for which the table is out of the windows, until it is resynced' }),
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
      description:
        'Since when nothing has come forward, of a task that is to run and should have; null: it is not stalled',
    }),
    runningSince: time.meta({ description: 'When it was last created, resumed or restarted' }),
    desired: z.enum(['running', 'paused', 'dropping']).meta({ description: 'What was last asked for' }),
    sourceUri: z.string().meta({ description: 'With its password masked' }),
    sinkType: z.enum(SINK_TYPES),
    sinkUri: z.string().meta({ description: 'With its password masked' }),
    level: z.enum(LEVELS),
    databases: z.array(z.object({ source: z.string(), sink: z.string() })).meta({ description: 'At level database' }),
    exclude: z.array(z.string()).meta({ description: 'Regular expressions of tables that are left alone' }),
    tables: z.array(table).meta({ description: 'At the levels account and database those found, 1000 at most' }),
    leftOut: notes('Tables that cannot be replicated, and why'),
    simplified: notes('Tables whose sink tables lack parts of the declaration, such as a check or an index, and which'),
    compared: notes('Tables that were compared, since the source could not tell their changes: when last, and why'),
    dropped: notes('Tables dropped at the source while the task ran, and what became of those of the sink'),
    phase: z.enum(PHASES).meta({ description: 'load: the first copy; window: its changes since' }),
    checkpoint: point
      .nullable()
      .meta({ description: 'Up to here the sink holds everything; null before the first copy is done' }),
    caughtUpAt: time.nullable().meta({ description: 'When the source last had nothing new' }),
    lagMs: count.nullable().meta({ description: 'Age of the later of checkpoint and caughtUpAt' }),
    lagRatio: z.number().min(0).nullable().meta({
      description:
        'lagMs in intervals: pollIntervalMs, but at least ten seconds, or a minute in mode tick. Below 2 is good, above 5 is not',
    }),
    timeLeftMs: count.nullable().meta({
      description:
        'Estimate for the rest of the first copy, from the pace of the present worker; null: unknown, or none',
    }),
    historyPinnedSince: time.nullable().meta({
      description: 'The oldest history that the task needs at the source; null: none is held',
    }),
    historyPinnedMs: count.nullable().meta({ description: '… and how long ago that is' }),
    historyHeldBy: z.enum(['snapshots', 'pitr']).nullable().meta({
      description: 'What holds it: snapshots of the task, or, of a part at least, a PITR',
    }),
    historyHeldUntil: time.nullable().meta({
      description: 'The PITR no longer holds it from then on, unless the task comes forward; null: snapshots hold it',
    }),
    warning: z
      .object({ code: errorCode, message: z.string(), action: z.string() })
      .nullable()
      .meta({ description: 'What will go wrong unless somebody acts' }),
    advice: z.string().nullable().meta({ description: 'What would serve the task better; nothing is wrong' }),
    pendingWindow: z
      .object({ number: count, until: point })
      .nullable()
      .meta({ description: 'The changes being applied; the sink may be between two checkpoints' }),
    windows: count.meta({ description: 'Windows of changes applied so far' }),
    check: checkSchema,
    rowsLoaded: count,
    rowsApplied: count,
    rowsUnderWay: count.meta({
      description: 'Rows read since progressAt, told about every 12 seconds: a step that takes long',
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
        table: z.string().nullable().meta({ description: 'The source table whose error it is, if it is one’s alone' }),
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
    asOf: time.meta({ description: 'When all this was so' }),
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
      .meta({ description: 'How many, and how many in each phase' }),
    leftOut: count,
    dropped: count,
  })
  .meta({ title: 'Task in a list' });

export type TaskSummary = z.infer<typeof taskSummarySchema>;

export const taskListSchema = z.object({
  tasks: z.array(taskSummarySchema),
  next: z.string().nullable().meta({ description: 'Ask again with it as `next` for those that follow; null: no more' }),
});

export type TaskList = z.infer<typeof taskListSchema>;
