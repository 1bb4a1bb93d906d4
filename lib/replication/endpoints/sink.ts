import type { ErrorCode } from '../../error-codes.ts';
import type { Pin } from '../../data/position.ts';
import type { Changes } from '../../data/row-block.ts';
import type { Chunk, SinkPlaces, SinkPlans } from './chunk-plans.ts';
import type { SinkRows, SinkTable, SinkTables } from './sink-tables.ts';

/**
 * Where the sink stands after a window. The fence has it from the transaction that completed the window, so it is exact
 * even if the store lags behind.
 */
export interface FencePoint {
  /** The window's end. */
  readonly checkpoint: Pin;
  /** `Progress.saves` of the stored progress that the window was applied upon. */
  readonly saves: number;
}

/** The progress of the sink, according to the fence. */
export interface FencePosition {
  /** Number of the last window that was applied completely. */
  readonly window: number;
  /** Committed transactions of the window after `window`. Above 0, the sink is between two checkpoints. */
  readonly batch: number;
}

/** What a worker finds when it takes over. `point` is undefined if a worker of an older version moved the fence last. */
export interface FenceFound extends FencePosition {
  readonly point: FencePoint | undefined;
}

/** Where a commit moves the fence to. `point` is set in the last batch of a window. */
export interface FenceStep extends FencePosition {
  readonly point: FencePoint | undefined;
  /** The chunk that the transaction completes; FENCED when it was done already. */
  readonly chunk?: { readonly table: SinkTable; readonly generation: number; readonly chunk: Chunk };
}

/** How a batch treats its keys. `replace` deletes every key, then inserts all changes that are not deletions. */
export type BatchMode = 'replace' | 'delete' | 'insert';

/**
 * The changes of one sink transaction, which become visible with the commit. The commit fails with FENCED and changes
 * nothing when a newer epoch holds the fence. A batch makes all deletions, over all tables, before its insertions, so
 * that a unique value can move from one row to another.
 */
export interface SinkBatch {
  /**
   * Adds changes; memory stays bounded, however many there are. The engine never adds a key twice. For a table without
   * a key, the first call empties the table, even without changes, and every call adds rows.
   */
  add(table: SinkTable, changes: Changes): Promise<void>;
  commit(step: FenceStep): Promise<void>;
  rollback(): Promise<void>;
}

/** Decides which worker may write. See docs/design.md, invariants 3 and 4. */
export interface SinkFence {
  /** Raises the fence to `epoch`, for windows and chunks. FENCED when a higher epoch holds the fence. */
  takeOver(epoch: number): Promise<FenceFound>;

  /**
   * Joins the load of the worker that took over with this epoch. A joined worker may call only `holdPlace`,
   * `claimChunks` and `loadChunk`, until a higher epoch takes over. FENCED when another epoch holds the fence.
   */
  join(epoch: number): Promise<void>;

  /** Removes everything that the task keeps at the sink beside its tables: fence and plans. */
  forget(epoch: number): Promise<void>;
}

/** Writes the changes of windows. */
export interface SinkWriter {
  /**
   * How many bytes of changes one transaction may have, according to the server; undefined when the server does not
   * say.
   */
  transactionBytes(): Promise<number | undefined>;

  beginBatch(mode: BatchMode): SinkBatch;

  /**
   * Looks for the row for which the sink refused these changes of a table with `code`: it tries them once more, takes
   * them back, and changes nothing. Returns the row's key and column in words; undefined when it does not find the row,
   * within a time of its own, or when the table has no key. May iterate over `changes` twice.
   */
  explainRefusal(table: SinkTable, code: ErrorCode, changes: AsyncIterable<Changes>): Promise<string | undefined>;
}

/**
 * The database that changes are applied to. It connects with the first call. After the signal given at opening is
 * aborted, every running and every later call fails. Errors are CdcErrors with SINK_… codes.
 *
 * The fence protects all writes of a task. Call `takeOver` first. Once a higher epoch has taken over, every later
 * transaction fails with FENCED, even on a connection that was frozen meanwhile.
 */
export interface Sink extends SinkFence, SinkTables, SinkWriter, SinkPlans, SinkPlaces, SinkRows {
  close(): Promise<void>;
}
