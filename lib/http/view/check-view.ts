import { ERRORS } from '../../error-codes.ts';
import type { CheckProgress, TableCheck } from '../../record/check-progress.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import type { TaskView } from './task-view-schema.ts';
import { type TableKey, tableKeysOf } from '../../task/task.ts';
import { iso } from './iso-time.ts';

type CheckView = NonNullable<TaskView['check']>;

const NOT_BEGUN = {
  startedAt: null,
  finishedAt: null,
  tablesTotal: 0,
  tablesDone: 0,
  tablesDiffering: 0,
  tablesFailed: 0,
  rows: 0,
  rowsPerSecond: null,
  secondsLeft: null,
  table: null,
  tables: [],
};

/** The progress of the last verify or resync that was asked for; null if there was none. */
export function checkView(record: TaskRecord, now: number): TaskView['check'] {
  const { check: request, progress } = record;
  if (request === undefined) return null;
  const begun = progress.check?.number === request.number ? progress.check : undefined;
  if (begun === undefined) return { kind: request.kind, state: 'waiting', ...NOT_BEGUN };
  const running = begun.finishedAt === 0;
  const elapsed = (running ? now : begun.finishedAt) - begun.startedAt;
  return {
    kind: request.kind,
    state: running ? 'running' : 'finished',
    startedAt: iso(begun.startedAt),
    finishedAt: running ? null : iso(begun.finishedAt),
    tablesTotal: begun.tablesTotal,
    tablesDone: begun.tablesDone,
    tablesDiffering: begun.tablesDiffering,
    tablesFailed: begun.tablesFailed,
    rows: begun.rows,
    rowsPerSecond: elapsed > 0 ? Math.round((begun.rows * 1_000) / elapsed) : null,
    secondsLeft: running ? secondsLeft(record, begun, elapsed) : null,
    table: begun.position?.table ?? null,
    tables: Object.entries(begun.tables).map(([source, table]) => tableView(source, table)),
  };
}

const tableView = (source: string, { error, examples, ...counts }: TableCheck): CheckView['tables'][number] => ({
  source,
  ...counts,
  examples: [...examples],
  error: error === undefined ? null : { ...error, action: ERRORS[error.code].action },
});

/**
 * Seconds left, or null if unknown. Each table is weighted by the rows that its load copied: nobody has counted later
 * ones.
 */
function secondsLeft({ check, progress }: TaskRecord, begun: CheckProgress, elapsed: number): number | null {
  const { position, lastDone } = begun;
  const known = check?.tables ?? tableKeysOf(progress.tables);
  const names = [...new Set(position === undefined ? known : [...known, position.table])];
  const weight = (table: TableKey): number => 1 + (progress.tables[table]?.rows ?? 0);
  const sum = (tables: readonly TableKey[]): number => tables.reduce((total, table) => total + weight(table), 0);
  const total = sum(names);
  const table = position === undefined ? undefined : begun.tables[position.table];
  const part =
    position === undefined || table === undefined || table.chunks === 0 ? 0 : table.chunksDone / table.chunks;
  const done =
    sum(names.filter((name) => name <= lastDone)) + (position === undefined ? 0 : weight(position.table) * part);
  return done > 0 && total > 0 ? Math.ceil(((elapsed / 1_000) * Math.max(0, total - done)) / done) : null;
}
