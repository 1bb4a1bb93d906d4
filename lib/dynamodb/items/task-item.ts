import * as z from 'zod';
import { CdcError } from '../../errors.ts';
import {
  type ComparisonProgress,
  isPosition,
  type PendingWindow,
  type Pin,
  type Position,
} from '../../data/position.ts';
import type { TaskBrief, TaskCounts } from '../../record/brief/task-brief.ts';
import { TABLE_FACTS } from '../../record/brief/table-fact.ts';
import { PHASES, type AsideTable, type Progress, type TableProgress } from '../../record/progress.ts';
import type { Lease, TaskError, TaskRecord, UnderWay } from '../../record/task-record.ts';
import type { TableNotes } from '../../record/table-notes.ts';
import {
  LEVELS,
  SINK_TYPES,
  type DatabaseMapping,
  type Selection,
  type TableMapping,
  type TableName,
  type TaskSpec,
} from '../../task/task.ts';
import { checkKind, checkProgress, errorCode, storedKey } from './check-item.ts';
import { ITEM_VERSION } from './item-version.ts';
import { storedOptions } from './stored-options.ts';
import { TASK_KIND, type TaskItem, taskKey } from './task-key.ts';

// Every attribute that the domain requires is required here: an item without it is broken, and gets no default.
const count = z.int().nonnegative();
const position = z.custom<Position>((value) => typeof value === 'string' && isPosition(value));
const pin = z.object({ name: z.string(), ts: position }) satisfies z.ZodType<Pin>;
const tableName = z.object({ database: z.string(), table: z.string() }) satisfies z.ZodType<TableName>;
const mapping = z.object({ source: tableName, sink: tableName }) satisfies z.ZodType<TableMapping>;
const databaseMapping = z.object({ source: z.string(), sink: z.string() }) satisfies z.ZodType<DatabaseMapping>;
const notes = z.object({
  count,
  first: z.array(z.object({ table: storedKey, reason: z.string() })),
}) satisfies z.ZodType<TableNotes>;
const comparison = z.object({
  table: storedKey,
  tables: count,
  tablesDone: count,
  chunks: count,
  chunksDone: count,
  rows: count,
  total: count.optional(),
  run: z.object({ since: count, rows: count }),
}) satisfies z.ZodType<ComparisonProgress>;
const pending = z.object({
  number: count,
  until: pin,
  selection: count,
  compared: z.array(storedKey).optional(),
  comparesAll: z.boolean().optional(),
  comparison: comparison.optional(),
  splits: z.object({ workers: count, epoch: count }).optional(),
  refused: z.boolean().optional(),
  afterRefusal: z.boolean().optional(),
}) satisfies z.ZodType<PendingWindow>;

const selection = z.object({
  tables: z.array(mapping),
  databases: z.array(databaseMapping),
  exclude: z.array(z.string()),
}) satisfies z.ZodType<Selection>;

const declared = z.object({
  name: z.string(),
  sourceUri: z.string(),
  sinkType: z.enum(SINK_TYPES),
  sinkUri: z.string(),
  level: z.enum(LEVELS),
  options: storedOptions,
});
const spec = selection.extend(declared.shape) satisfies z.ZodType<TaskSpec>;

const lease = z.object({ owner: z.string(), until: count, runsUntil: count }) satisfies z.ZodType<Lease>;

const underWay = z.object({ rows: count, at: count }) satisfies z.ZodType<UnderWay>;

const tableProgress = z.object({
  chunksDone: count,
  chunks: count,
  rows: count,
  total: count.optional(),
}) satisfies z.ZodType<TableProgress>;

const asideTable = z.object({
  code: errorCode,
  message: z.string(),
  action: z.string(),
  at: count,
  check: count,
}) satisfies z.ZodType<AsideTable>;

/** What META has of the progress. */
const reached = z.object({
  generation: count,
  selection: count,
  phase: z.enum(PHASES),
  loadPin: pin.optional(),
  loadRefused: z.enum(['noted', 'given-up']).optional(),
  restartedFrom: z.array(pin).optional(),
  checkpoint: pin.optional(),
  pending: pending.optional(),
  // Tasks of earlier versions lack this attribute.
  saves: count.default(0),
  window: count,
  loadRun: z.object({ since: count, rows: count }).optional(),
  pitrReach: count.optional(),
  keptByPitr: z.boolean().optional(),
  rowsLoaded: count,
  rowsApplied: count,
  progressAt: count,
  caughtUpAt: count,
  // Tasks of earlier versions lack this attribute.
  changedAt: count.default(0),
});

/** Names what may be missing, as the domain does. */
const complete = <T extends z.output<typeof reached>>(stored: T) => ({
  ...stored,
  loadPin: stored.loadPin,
  checkpoint: stored.checkpoint,
  pending: stored.pending,
  loadRun: stored.loadRun,
  pitrReach: stored.pitrReach,
});

const progress = reached
  .extend({
    tables: z.record(storedKey, tableProgress),
    missing: z.array(storedKey),
    check: checkProgress.optional(),
    leftOut: notes,
    // Tasks of earlier versions lack this attribute.
    simplified: notes.default({ count: 0, first: [] }),
    compared: notes.default({ count: 0, first: [] }),
    dropped: notes,
    aside: z.record(storedKey, asideTable),
  })
  .transform((stored): Progress => ({ ...complete(stored), check: stored.check }));

const taskError = z
  .object({
    code: errorCode,
    message: z.string(),
    action: z.string(),
    retry: z.boolean(),
    attempts: count,
    firstAt: count,
    lastAt: count,
    table: storedKey.optional(),
    ofTables: z.record(storedKey, z.object({ attempts: count, firstAt: count })).optional(),
    lost: z.object({ statement: z.string(), times: count, down: z.boolean() }).optional(),
  })
  .transform((stored): TaskError => ({ ...stored, table: stored.table }));

/** What META has. */
const meta = z.object({
  id: z.string().min(1),
  createdAt: count,
  desired: z.enum(['running', 'paused', 'dropping']),
  runningSince: count,
  forced: z.boolean(),
  generation: count,
  edits: count,
  selection: count,
  epoch: count,
  lease: lease.optional(),
  underWay: underWay.optional(),
  error: taskError.optional(),
  // The number has an attribute of its own, so that one write can raise it.
  check: z.object({ kind: checkKind, tables: z.array(storedKey).optional() }).optional(),
  checks: count.optional(),
});

const taskItem = z
  .object({ spec, ...meta.shape, before: selection.optional(), progress })
  .transform((stored): TaskRecord => ({ ...asked(stored), before: stored.before }));

/** With what the user asks for, and what may be missing, as the domain names them. */
function asked<T extends z.output<typeof meta>>({ check, checks = 0, ...stored }: T) {
  const request = check === undefined ? undefined : { number: checks, kind: check.kind, tables: check.tables };
  const { lease, underWay, error } = stored;
  return { ...stored, lease, underWay, error, check: request };
}

const counts = z
  .object({
    named: count,
    database: z.string().optional(),
    tables: z.record(z.enum(TABLE_FACTS), count),
    leftOut: count,
    simplified: count,
    compared: count,
    dropped: count,
    aside: z.record(storedKey, count),
    rowsLeft: count,
    rowsToLoad: count.nullable(),
  })
  .transform((stored): TaskCounts => ({ ...stored, database: stored.database }));

const briefItem = z.object({
  spec: declared,
  check: z.object({ number: count, finishedAt: count }).optional(),
  counts,
});

const briefMeta = meta.extend({ progress: reached.transform(complete) }).transform((stored) => asked(stored));

/** The task of META and BRIEF, which belong together; undefined if one of them is not as this version writes it. */
export function fromBrief(metaItem: TaskItem, item: TaskItem): TaskBrief | undefined {
  const [stored, brief] = [briefMeta.safeParse(metaItem), briefItem.safeParse(item)];
  if (!stored.success || !brief.success) return undefined;
  const { spec, check, counts } = brief.data;
  return { ...stored.data, spec, progress: { ...stored.data.progress, check }, counts };
}

/** The attributes of a task. Writes leave out undefined ones. */
export const toItem = ({ check, ...record }: TaskRecord): TaskItem => ({
  ...taskKey(record.spec.name),
  kind: TASK_KIND,
  version: ITEM_VERSION,
  ...record,
  check: check === undefined ? undefined : { kind: check.kind, tables: check.tables },
  checks: check?.number,
});

/** The token in this part of the item. A repeated request finds its own write by it; nobody else sees it. */
export const tokenIn = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && 'token' in part ? part.token : undefined;

/**
 * Throws STORE_ERROR if the item is not a complete task. The message names attributes, never values: values hold
 * passwords.
 */
export function fromItem(item: TaskItem): TaskRecord {
  const parsed = taskItem.safeParse(item);
  if (parsed.success) return parsed.data;
  const attributes = new Set(parsed.error.issues.map((issue) => issue.path.join('.')));
  const key = String(item['pk']);
  throw new CdcError('STORE_ERROR', `The item ${key} cannot be read; broken: ${[...attributes].join(', ')}.`);
}
