import type { TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import type { ReadChanges } from '../../../replication/endpoints/source.ts';
import type { TableName } from '../../../task/task.ts';

/** A table that a reader is asked about. */
export interface AskedTable {
  readonly name: TableName;
  /** Its schema at the end of the window, or at the pin. Costs the server a question, so a reader asks only if it must. */
  schema(): Promise<TableSchema>;
}

/** One way to find out what has changed in a table. `Source` says what the three answers mean (`SourceChanges`). */
export interface ChangeReader {
  changedSince(table: AskedTable, since: Pin): Promise<boolean>;
  /** SCHEMA_CHANGED when the rows of the window's two ends are not of one kind. */
  countChanges(table: AskedTable, window: Window): Promise<number>;
  readChanges(
    schema: TableSchema,
    window: Window,
    how: Required<ReadChanges>,
  ): AsyncGenerator<Changes, void, undefined>;
}
