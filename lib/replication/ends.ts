import type { Sink } from './sink.ts';
import type { Source } from './source.ts';
import type { TableSets } from './table-set.ts';

/** The two databases of a task, opened for one attempt. */
export interface Ends {
  readonly source: Source;
  readonly sink: Sink;
  /** The task's tables, as the source has them. */
  readonly tables: TableSets;
}
