import type { SinkType, TaskOptions } from '../../lib/task/task.ts';

/** One way to run a storm. */
export interface Profile {
  readonly level: 'table' | 'database';
  readonly sinkType: SinkType;
  readonly options: Partial<TaskOptions>;
  /** Times in which nobody writes or commands; none if it is missing. */
  readonly lulls?: Lulls;
}

/** Milliseconds of real time: so long is all as in any storm, and so long is then nothing written. */
export interface Lulls {
  readonly busy: number;
  readonly quiet: number;
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
  /** Workers end when nothing changes, and ticks find the next change. At a pace of 3, a lull is five times as long as `idleAfterMs`. */
  adaptive: {
    level: 'table',
    sinkType: 'matrixone',
    options: { mode: 'adaptive', idleAfterMs: 6_000 },
    lulls: { busy: 12_000, quiet: 10_000 },
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];
