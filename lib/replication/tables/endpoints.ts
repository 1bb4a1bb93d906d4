import type { TaskRecord } from '../../record/task-record.ts';
import type { Session } from '../session/session.ts';
import { isLeftAside } from './set-aside.ts';
import type { Sink } from '../endpoints/sink.ts';
import type { Source, SourceCatalog } from '../endpoints/source.ts';
import { TableSets } from './table-set.ts';

/** The two databases of a task, opened for one attempt. */
export interface Endpoints {
  readonly source: Source;
  readonly sink: Sink;
  /** The task's tables, as the source has them. */
  readonly tables: TableSets;
  /** Those of the selection before, while the progress is still of that one. */
  readonly before: TableSets;
}

/** The task's tables before and after an edit that the progress does not know of yet. */
export function tableSets(session: Session, source: SourceCatalog): Pick<Endpoints, 'tables' | 'before'> {
  const { spec, before }: TaskRecord = session.record;
  const aside = (key: string): boolean => isLeftAside(session, key);
  const tables = new TableSets(spec, source, aside);
  return { tables, before: before === undefined ? tables : new TableSets({ ...spec, ...before }, source, aside) };
}

/** The tables of a selection, by its number. */
export const setsOf = (
  { record }: Session,
  { tables, before }: Pick<Endpoints, 'tables' | 'before'>,
  selection: number,
): TableSets => (selection === record.selection ? tables : before);

/** The tables that the checkpoint, or the load, is of. */
export const currentSets = (session: Session, ends: Pick<Endpoints, 'tables' | 'before'>): TableSets =>
  setsOf(session, ends, session.progress.selection);

/** The number of the selection that the progress is to be of, where it is not yet. */
export const toAdopt = ({ record, progress }: Session): number | undefined =>
  progress.selection === record.selection ? undefined : record.selection;
