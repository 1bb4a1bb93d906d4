import type { Position } from '../../data/position.ts';
import type { Changes } from '../../data/row-block.ts';
import type { Chunk, SinkPlaces, SinkPlans } from './chunk-plans.ts';
import type { SinkRows, SinkTable, SinkTables } from './sink-tables.ts';

/** What the sink itself says has been applied. */
export interface FencePosition {
  /** Number of the last window that was applied in full. */
  readonly window: number;
  /** Transactions of the window after it that are committed; above 0 the sink is between two checkpoints. */
  readonly batch: number;
}

/** Where a committed transaction moves the fence to. `checkpoint` is given with a window's last batch. */
export interface FenceStep extends FencePosition {
  readonly checkpoint: Position | undefined;
  /** A chunk that the transaction completes; FENCED when it was done already. */
  readonly chunk?: { readonly table: SinkTable; readonly generation: number; readonly chunk: Chunk };
}

/** How a batch treats the keys it is given; `replace` deletes every key, then inserts what is not deleted. */
export type BatchMode = 'replace' | 'delete' | 'insert';

/**
 * Changes of one sink transaction. Nothing is visible before commit, which fails with FENCED and changes nothing when
 * a newer epoch holds the fence. All deletions of a batch come before its insertions, over all tables, so that unique
 * values may wander between rows.
 */
export interface SinkBatch {
  /**
   * Takes changes in; memory stays bounded, however many there are. The engine never adds a key twice. A table without a
   * key is emptied by the first call, also by one without changes, and filled by all of them.
   */
  add(table: SinkTable, changes: Changes): Promise<void>;
  commit(step: FenceStep): Promise<void>;
  rollback(): Promise<void>;
}

/** Who may write. See docs/design.md, invariants 3 and 4. */
export interface SinkFence {
  /** Raises the fence to `epoch`, for windows and chunks alike. FENCED when a higher epoch holds it. */
  takeOver(epoch: number): Promise<FencePosition>;

  /**
   * Takes part in the load of the worker that has taken over with this epoch, by `holdPlace`, `claimChunks` and
   * `loadChunk` and nothing else, for as long as no higher epoch does. FENCED when another epoch holds the fence.
   */
  join(epoch: number): Promise<void>;

  /** Removes everything the task keeps at the sink beside its tables: fence and plans. */
  forget(epoch: number): Promise<void>;
}

/** Changes of windows. */
export interface SinkWriter {
  /** Bytes of changes that one transaction may have, by what the server says; undefined where it says nothing. */
  transactionBytes(): Promise<number | undefined>;

  beginBatch(mode: BatchMode): SinkBatch;
}

/**
 * The database that changes are applied to. Nothing connects before the first call. Once the signal given at opening
 * is aborted, every call under way and every later one fails. Errors are CdcErrors with SINK_… codes.
 *
 * A task's writes are fenced: `takeOver` must come first, and every later transaction fails with FENCED once a higher
 * epoch has taken over, also when its connection was frozen meanwhile.
 */
export interface Sink extends SinkFence, SinkTables, SinkWriter, SinkPlans, SinkPlaces, SinkRows {
  close(): Promise<void>;
}
