import type { TaskRecord } from '../../record/task-record.ts';

/**
 * A text about a setting that would serve the task better; null if there is none. The task works without it: errors and
 * warnings have fields of their own.
 */
export function adviceFor({ spec, progress }: Pick<TaskRecord, 'spec' | 'progress'>): string | null {
  if (progress.keptByPitr !== false || progress.phase === 'finished') return null;
  if (spec.options.changeReader === 'compare') return null;
  const databases = new Set(
    spec.level === 'table'
      ? spec.tables.map(({ source }) => source.database)
      : spec.databases.map(({ source }) => source),
  );
  const [database] = databases;
  const area = databases.size === 1 && database !== undefined ? `database ${database}` : 'account';
  return (
    'No PITR covers the tables. Snapshots keep the rows at both ends of a window, but not the changes in between: after a ' +
    'pause of hours the source may have merged and deleted these, and then the task must compare whole tables. A PITR ' +
    `keeps the changes too, at the cost of its storage: create pitr for_cdc for ${area} range 1 'd'`
  );
}
