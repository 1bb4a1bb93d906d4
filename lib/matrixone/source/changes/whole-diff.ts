import type { Connection } from '../../../wire/connection.ts';
import { CdcError } from '../../../errors.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { countChanges, DiffTally, readChanges } from './diff-rows.ts';
import type { RowCounts } from '../rows/row-counts.ts';
import type { Use } from '../../server/kill-query.ts';
import { isUnreadable } from './unreadable-diff.ts';

/** Streams from a connection of its own at these pins. */
export type Streaming = <T>(
  pins: readonly Pin[],
  open: (connection: Connection) => AsyncGenerator<T, void, undefined>,
) => AsyncGenerator<T, void, undefined>;

/**
 * Reads changes by the diff, and checks that no change is missing. If objects of a table were merged and collected
 * within the window, 4.2.0 computes the diff from the remaining objects: these hold the written rows, but no longer the
 * marks of deleted rows. The diff then leaves deletions out silently, or fails with 20405. Seen on a server that merges
 * while others write. Such a diff also reports many an UPDATE as INSERT. Both faults count too many rows, so they never
 * cancel each other out.
 */
export class WholeDiff {
  readonly #use: Use;
  readonly #streaming: Streaming;
  readonly #counts: RowCounts;

  constructor(use: Use, streaming: Streaming, counts: RowCounts) {
    this.#use = use;
    this.#streaming = streaming;
    this.#counts = counts;
  }

  /** How many changes there are; undefined where the server cannot tell, or where its answer does not fit the table's growth. */
  async count(table: TableName, window: Window): Promise<number | undefined> {
    try {
      const pins = [window.after, window.until];
      const counted = await this.#use(pins, (connection) => countChanges(connection, table, window));
      return counted === 0 && (await this.#counts.growth(table, window)) !== 0 ? undefined : counted;
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  /** Throws CHANGES_UNREADABLE at the end if changes were left out. `opened` receives the connection that reads. */
  async *read(
    schema: TableSchema,
    window: Window,
    opened: (connection: Connection) => void = () => undefined,
  ): AsyncGenerator<Changes, void, undefined> {
    const tally = new DiffTally();
    const growth = this.#counts.growth(schema.table, window);
    // If this fails too, the diff's own error comes first.
    growth.catch(() => undefined);
    yield* this.#streaming([window.after, window.until], (connection) => {
      opened(connection);
      return readChanges(connection, schema, window, tally);
    });
    if ((await growth) !== tally.growth) throw leftOut(schema.table, tally.growth, await growth);
  }
}

const leftOut = (table: TableName, told: number, grown: number): CdcError =>
  new CdcError(
    'CHANGES_UNREADABLE',
    `The source left out changes of ${tableKey(table)}: by the changes that it reported, the table grew by ${told} rows, but it grew by ${grown}.`,
  );
