import { columns } from './output/columns.ts';
import { duration } from './output/duration.ts';
import type { SelectedTask } from './task-selection.ts';

/** One line per task, for people to read. */
export const taskTable = (tasks: readonly SelectedTask[]): string =>
  columns([
    ['NAME', 'STATE', 'PHASE', 'LAG', 'TABLES', 'ROWS LOADED', 'ROWS APPLIED', 'ERROR'],
    ...tasks.map((task) => {
      const counts = [countOf(task), task.rowsLoaded, task.rowsApplied].map(String);
      const trouble = (task.error ?? task.warning)?.code ?? '';
      return [task.name, task.state, task.phase, duration(task.lagMs), ...counts, trouble];
    }),
  ]);

const countOf = ({ tables }: SelectedTask): number => ('count' in tables ? tables.count : tables.length);
