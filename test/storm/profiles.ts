import type { SinkType, TaskOptions } from '../../lib/task/task.ts';

/** One way to run a storm. */
export interface Profile {
  readonly level: 'table' | 'database';
  readonly sinkType: SinkType;
  readonly options: Partial<TaskOptions>;
}

export const PROFILES = {
  /** Named tables into a MatrixOne. */
  tables: { level: 'table', sinkType: 'matrixone', options: {} },
  /** Whole databases into a MatrixOne, in small transactions and chunks. */
  databases: { level: 'database', sinkType: 'matrixone', options: { transactionRows: 50, chunkRows: 200 } },
  /** Whole databases into MySQL or MariaDB. */
  mysql: { level: 'database', sinkType: 'mysql', options: { transactionRows: 500 } },
  /** Named tables, changes found by comparison of two snapshots. */
  compare: { level: 'table', sinkType: 'matrixone', options: { changeReader: 'compare', chunkRows: 1_000 } },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];
