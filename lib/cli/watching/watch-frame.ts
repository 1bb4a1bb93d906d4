import type { TaskSummary, TaskView } from '../../http/view/task-view-schema.ts';
import { progressLine } from '../output/check-progress-line.ts';
import { columns } from '../output/columns.ts';
import { duration } from '../output/duration.ts';
import { ofTable } from '../output/of-table.ts';
import { progressBar } from '../output/progress-bar.ts';

/** A task from a list, or a task in full. */
export type WatchedTask = TaskSummary | TaskView;

/** How much of the first copy is done, from 0 to 1; undefined if no copy is under way. */
export function copied(task: WatchedTask): number | undefined {
  if (task.phase !== 'load') return undefined;
  if ('count' in task.tables) {
    const { count, phases } = task.tables;
    return count === 0 ? 0 : (phases.loaded ?? 0) / count;
  }
  const shares = task.tables.map(tableShare);
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

type TableView = TaskView['tables'][number];

function tableShare({ phase, rows, rowsExpected, chunks, chunksDone }: TableView): number {
  if (phase !== 'loading') return phase === 'waiting' ? 0 : 1;
  // What is counted may have grown since: only the last chunk makes it whole.
  if (rowsExpected !== null && rowsExpected > 0) return Math.min(0.99, rows / rowsExpected);
  return chunks === 0 ? 0 : chunksDone / chunks;
}

/** Rows a second since the last look, by the name of the task. */
export type Rates = ReadonlyMap<string, number>;

const HEAD = [
  'TASK',
  'STATE',
  'PHASE',
  'FIRST COPY',
  'LAG',
  'ROWS/S',
  'ROWS LOADED',
  'ROWS APPLIED',
  'TIME LEFT',
  'ERROR',
];

/** The tasks as a table, and of a single task all that moves. */
export function frameOf(tasks: readonly WatchedTask[], rates: Rates): string[] {
  const rows = tasks.map((task) => {
    const share = copied(task);
    return [
      ...[task.name, task.state, task.phase, share === undefined ? '-' : progressBar(share), duration(task.lagMs)],
      ...[String(rates.get(task.name) ?? '-'), String(task.rowsLoaded), String(task.rowsApplied)],
      ...[duration(task.timeLeftMs), (task.error ?? task.warning)?.code ?? ''],
    ];
  });
  const [only] = tasks;
  const more = tasks.length === 1 && only !== undefined && !('count' in only.tables) ? detailsOf(only as TaskView) : [];
  return [...columns([HEAD, ...rows]).split('\n'), ...more];
}

function detailsOf(task: TaskView): string[] {
  const { check, error, warning, pendingWindow, tables } = task;
  const lines = [''];
  const trouble = error ?? warning;
  if (trouble !== null)
    lines.push(`${trouble.code}: ${error === null ? '' : ofTable(task)}${trouble.message}`, trouble.action, '');
  if (pendingWindow !== null) {
    lines.push(
      `Applying window ${pendingWindow.number}, up to ${pendingWindow.until.time}: ${task.rowsUnderWay} rows read`,
      '',
    );
  }
  if (check !== null && check.state !== 'finished') lines.push(progressLine(task.name, check), '');
  const rows = tables.map((table) => [
    ...[table.source, table.sink, table.phase, table.phase === 'loading' ? progressBar(tableShare(table)) : '-'],
    ...[String(table.rows), duration(table.timeLeftMs), table.setAside?.code ?? ''],
  ]);
  return [
    ...lines,
    ...columns([['TABLE', 'SINK', 'PHASE', 'FIRST COPY', 'ROWS', 'TIME LEFT', 'ERROR'], ...rows]).split('\n'),
  ];
}

/** The same in one line, where there is no terminal. */
export function lineOf(task: WatchedTask): string {
  const share = copied(task);
  const trouble = task.error ?? task.warning;
  return [
    `${task.asOf} ${task.name}: ${task.state}, ${task.phase}`,
    ...(share === undefined ? [] : [`${Math.floor(share * 100)}% copied`]),
    ...(task.lagMs === null ? [] : [`lag ${duration(task.lagMs)}`]),
    `${task.rowsLoaded} rows loaded`,
    `${task.rowsApplied} applied`,
    ...(trouble === null ? [] : [`${trouble.code}: ${trouble.message}`]),
  ].join(', ');
}

/** A line is due when this changes. Lag and rows change all the time. */
export const markOf = (task: WatchedTask): string =>
  JSON.stringify([task.state, task.phase, Math.floor(10 * (copied(task) ?? -1)), (task.error ?? task.warning)?.code]);
