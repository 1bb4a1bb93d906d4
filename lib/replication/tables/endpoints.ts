import type { TaskRecord } from '../../record/task-record.ts';
import type { StoredTask, TaskNow } from '../session/session.ts';
import { isLeftAside } from './set-aside.ts';
import type { Sink } from '../endpoints/sink.ts';
import type { Source, SourceCatalog } from '../endpoints/source.ts';
import { TableSets } from './table-set.ts';
import type { TableKey } from '../../task/task.ts';

/** The source and the sink of a task, opened for one attempt. */
export interface Endpoints {
  readonly source: Source;
  readonly sink: Sink;
  /** The task's tables by its present selection. */
  readonly tables: TableSets;
  /** The tables by the selection before the last edit, as long as the progress has not adopted the edit. */
  readonly before: TableSets;
}

/** The task's tables after and before an edit that the progress may not have adopted yet. */
export function tableSets(session: StoredTask & TaskNow, source: SourceCatalog): Pick<Endpoints, 'tables' | 'before'> {
  const { spec, before }: TaskRecord = session.record;
  const aside = (key: TableKey): boolean => isLeftAside(session, key);
  const tables = new TableSets(spec, source, aside);
  return { tables, before: before === undefined ? tables : new TableSets({ ...spec, ...before }, source, aside) };
}

/** The tables of the selection with this number. */
export const setsOf = (
  { record }: StoredTask,
  { tables, before }: Pick<Endpoints, 'tables' | 'before'>,
  selection: number,
): TableSets => (selection === record.selection ? tables : before);

/** The tables of the selection that the checkpoint or the load has. */
export const currentSets = (session: StoredTask, ends: Pick<Endpoints, 'tables' | 'before'>): TableSets =>
  setsOf(session, ends, session.progress.selection);

/** The number of the selection that the progress has to adopt; undefined when it has adopted it. */
export const toAdopt = ({ record, progress }: StoredTask): number | undefined =>
  progress.selection === record.selection ? undefined : record.selection;
