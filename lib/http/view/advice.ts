import type { TaskBrief } from '../../record/brief/task-brief.ts';

/**
 * A text about a setting that would serve the task better; null if there is none. The task works without it: errors and
 * warnings have fields of their own.
 */
export function adviceFor({ spec, progress, counts: { database } }: TaskBrief): string | null {
  if (progress.keptByPitr !== false || progress.phase === 'finished') return null;
  if (spec.options.changeReader === 'compare') return null;
  const area = database === undefined ? 'account' : `database ${database}`;
  return (
    'No PITR covers the tables. Snapshots keep the rows at both ends of a window, but not the changes in between: after a ' +
    'pause of hours the source may have merged and deleted these, and then the task must compare whole tables. A PITR ' +
    `keeps the changes too, at the cost of its storage: create pitr for_cdc for ${area} range 1 'd'`
  );
}
