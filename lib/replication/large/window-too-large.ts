import type { TableName } from '../../task/task.ts';

/**
 * A window would take longer than an invocation: some of these tables have too many changes. It is no error of the
 * task: the tables are compared with their sink tables instead, chunk by chunk.
 */
export class WindowTooLarge extends Error {
  readonly tables: readonly TableName[];

  constructor(tables: readonly TableName[]) {
    super(`A window is too large to be applied as a whole: ${tables.length} tables.`);
    this.name = 'WindowTooLarge';
    this.tables = tables;
  }
}
