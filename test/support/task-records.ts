import { randomUUID } from 'node:crypto';
import { newProgress } from '../../lib/record/progress.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { DEFAULT_OPTIONS, type TaskSpec } from '../../lib/task/task.ts';

const table = { database: 'shop', table: 'orders' };

export const taskSpec = (name: string, overrides: Partial<TaskSpec> = {}): TaskSpec => ({
  name,
  sourceUri: 'mysql://dump:secret@source.example:6001',
  sinkType: 'matrixone',
  sinkUri: 'mysql://dump:secret@sink.example:6001',
  level: 'table',
  tables: [{ source: table, sink: table }],
  databases: [],
  exclude: [],
  options: DEFAULT_OPTIONS,
  ...overrides,
});

/** A task right after its creation. */
export const taskRecord = (name: string, overrides: Partial<TaskRecord> = {}): TaskRecord => ({
  id: randomUUID(),
  spec: taskSpec(name),
  createdAt: 1_000,
  desired: 'running',
  runningSince: 1_000,
  forced: false,
  generation: 0,
  edits: 0,
  selection: 0,
  before: undefined,
  epoch: 0,
  lease: undefined,
  progress: newProgress(0, 1_000),
  underWay: undefined,
  error: undefined,
  check: undefined,
  ...overrides,
});
