import { newProgress } from '../../lib/record/progress.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { DEFAULT_OPTIONS, type TaskSpec } from '../../lib/task/task.ts';

/** The password of every task made here. Tests search for it where it must not be. */
export const PASSWORD = 'hunter2';

export const scenarioSpec = (change: Partial<TaskSpec> = {}): TaskSpec => ({
  name: 'activity_sync',
  sourceUri: `mysql://root:${PASSWORD}@127.0.0.1:6001`,
  sinkType: 'matrixone',
  sinkUri: `mysql://acc:admin:${PASSWORD}@10.0.0.7:6001`,
  level: 'table',
  tables: [
    {
      source: { database: 'production_db', table: 'user_activities' },
      sink: { database: 'analytics_db', table: 'analytics_activities' },
    },
  ],
  databases: [],
  exclude: [],
  options: DEFAULT_OPTIONS,
  ...change,
});

/** The task of the scenario right after its creation, with `change` applied. */
export const scenarioRecord = (change: Partial<TaskRecord> = {}): TaskRecord => ({
  id: '0195dbb6-e31e-7572-bfdb-812fd02714a1',
  spec: scenarioSpec(),
  createdAt: 1_743_147_000_000,
  desired: 'running',
  runningSince: 1_743_147_000_000,
  forced: false,
  generation: 1,
  edits: 0,
  selection: 0,
  before: undefined,
  epoch: 0,
  lease: undefined,
  progress: newProgress(1, 1_743_147_000_000),
  underWay: undefined,
  error: undefined,
  check: undefined,
  ...change,
});
