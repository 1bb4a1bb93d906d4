import type { TableName } from '../../task/task.ts';
import type { Row, TableSchema } from '../../data/change.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { Position } from '../../data/position.ts';
import type { Changes, Rows } from '../../data/row-block.ts';
import type { KeyRange, RangeChecksum } from './source.ts';
import type { TakenTable } from '../../data/taken-table.ts';

/** A table of the sink and the source schema whose rows it gets. */
export interface SinkTable {
  readonly name: TableName;
  readonly schema: TableSchema;
}

/** What has become of a source table. */
export interface SchemaChange {
  /** Its sink table. */
  readonly name: TableName;
  /** Undefined when the source table is gone. */
  readonly schema: TableSchema | undefined;
  readonly before: TableSchema | undefined;
}

/** Which of the source table's rows a sink table gets after it was altered. */
export type RowsToFollow = 'changed' | 'all';

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

/** What becomes of rows that a table has when a plan is made; `keep` is for a resync. */
export type ExistingRows = 'refuse' | 'replace' | 'keep';

/** A part of a table's load: loaded in one transaction, exactly once. */
export interface Chunk {
  readonly number: number;
  readonly range: KeyRange;
  readonly done: boolean;
  readonly rows: number;
  /** The worker that is to load it; empty while any of them may. */
  readonly claimedBy: string;
}

/** A chunk of one of the sink tables (`db.table`). */
export interface ClaimedChunk extends Chunk {
  readonly table: string;
}

/** Who asks for chunks, and which. */
export interface Claim {
  readonly generation: number;
  /** Names the worker; it has a place (see holdPlace). */
  readonly owner: string;
  /** How many of them there may be: nobody takes much more than its share of what is left. */
  readonly workers: number;
  /** Sink tables (`db.table`) whose chunks are not wanted. */
  readonly except: readonly string[];
}

/** How far the load of a table has come. */
export interface PlanState {
  readonly chunks: number;
  readonly chunksDone: number;
  readonly rows: number;
}

/** Who loads the chunks of a plan: the worker that made it, or all that have a place and claim them. */
export type PlanUse = 'own' | 'shared';

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

/**
 * The database that changes are applied to. Nothing connects before the first call. Once the signal given at opening
 * is aborted, every call under way and every later one fails. Errors are CdcErrors with SINK_… codes.
 *
 * A task's writes are fenced: `takeOver` must come first, and every later transaction fails with FENCED once a higher
 * epoch has taken over, also when its connection was frozen meanwhile.
 */
export interface Sink {
  /** Everything that keeps these tables from being written, all at once. `existingRows` as in the task's options. */
  check(tables: readonly SinkTable[], existingRows: 'refuse' | 'replace'): Promise<Complaint[]>;

  /** Has the sink a snapshot of that name, which was made at the source? Then the two are one server. */
  hasSnapshot(name: string): Promise<boolean>;

  /** Bytes of changes that one transaction may have, by what the server says; undefined where it says nothing. */
  transactionBytes(): Promise<number | undefined>;

  /** Raises the fence to `epoch`, for windows and chunks alike. FENCED when a higher epoch holds it. */
  takeOver(epoch: number): Promise<FencePosition>;

  /** Makes these tables the task's own. Answers with those that another task owns: they stay its. Safe to repeat. */
  ownTables(names: readonly TableName[]): Promise<readonly TakenTable[]>;
  /** Lets other tasks own every table of this one but these. Safe to repeat. */
  keepTables(names: readonly TableName[]): Promise<void>;

  /**
   * Creates database and table when they are missing; SINK_TABLE_MISMATCH when an existing one cannot take the rows.
   * FENCED when a table is missing and a newer worker holds the fence: it may have dropped it. Several may be asked for
   * at a time, as may alterTable and planLoad.
   */
  createTable(table: SinkTable): Promise<void>;
  /** Is there a table of that name? */
  hasTable(table: SinkTable): Promise<boolean>;

  /**
   * The schema with those computed columns as plain ones that its table here does not compute, or will not once it is
   * made: their values are carried as any others. A column that its table here lacks is to come where the source has it
   * only since `before`.
   */
  carried(table: SinkTable, before?: TableSchema): Promise<TableSchema>;

  /** Parts of a source table's declaration that its table does not get here, in words. */
  omitted(schema: TableSchema): Promise<readonly string[]>;

  /**
   * Gives an existing table the columns and the key of the source table, before it gets the rows of a window; rows stay
   * where they are. Columns and indexes that the source table had `before` go; others that only the sink has stay;
   * SINK_TABLE_MISMATCH where they would refuse every row. Where all rows follow, values go that stand in the way of a column's new type.
   * Safe to repeat.
   */
  alterTable(table: SinkTable, before: TableSchema | undefined, rows: RowsToFollow): Promise<void>;
  /**
   * Ends what `alterTable` began, once the table has the rows of the window: what rows of before may not have fitted,
   * new indexes above all. Safe to repeat, by another worker too. Returns the names of new indexes that this sink cannot
   * have.
   */
  finishTable(table: SinkTable, before: TableSchema | undefined): Promise<readonly string[]>;
  /**
   * DDL, in the words of this sink, by which its table would follow its source table; none when it does already, as far
   * as can be seen. A table that was truncated or made anew with the same definition follows when its sink table is empty.
   */
  statementsFor(change: SchemaChange): Promise<readonly string[]>;
  /** Removes a table with its rows. Safe to repeat. */
  dropTable(name: TableName): Promise<void>;
  /**
   * The rows of a key range as they are now: the carried columns, in batches, in any order. Only where `keepsOrder`, these
   * are those of the source's range.
   */
  readRange(table: SinkTable, range: KeyRange): AsyncIterable<Rows>;
  /** Are keys in the source's order at the sink? It depends on the types of the sink table's columns. */
  keepsOrder(table: SinkTable): Promise<boolean>;
  /** As readRange: the rows that have the keys of these rows. */
  readKeys(table: SinkTable, rows: readonly Row[]): AsyncIterable<Rows>;

  /** Does this kind of server compute checksums as the source does? */
  readonly hasChecksums: boolean;
  /** As the source's; undefined where the table's columns are not of the source's types, or the server cannot tell. */
  checksum(table: SinkTable, range: KeyRange): Promise<RangeChecksum | undefined>;
  /**
   * Brings rows into the form in which they are compared: what comes out alike, byte for byte, is the same row, whether
   * the source or this sink printed it. Undefined when rows are compared as they are.
   */
  comparedForm(table: SinkTable): Promise<((row: Row) => Row) | undefined>;

  /** The chunks planned for this table and generation, by number; undefined when there is no plan yet. */
  chunks(table: SinkTable, generation: number): Promise<Chunk[] | undefined>;
  /**
   * Records the plan and, in the same transaction, empties the table (`replace`) or makes sure that it is empty
   * (`refuse`: SINK_TABLE_NOT_EMPTY), or does neither (`keep`). Chunks are numbered in the order of `ranges`, from 1.
   * Those of a shared plan have to be claimed.
   */
  planLoad(
    table: SinkTable,
    generation: number,
    ranges: readonly KeyRange[],
    existingRows: ExistingRows,
    use?: PlanUse,
  ): Promise<void>;
  /**
   * Loads a chunk and marks it done in one transaction; returns its rows. FENCED when it is done, or another's now. `rows` are
   * read once more where one is refused, if they can be, to find out which.
   */
  loadChunk(table: SinkTable, generation: number, chunk: Chunk, rows: AsyncIterable<Rows>): Promise<number>;
  /** Forgets all chunk plans of the task, and who had a place. */
  forgetChunks(): Promise<void>;

  /**
   * Takes part in the load of the worker that has taken over with this epoch, by `holdPlace`, `claimChunks` and
   * `loadChunk` and nothing else, for as long as no higher epoch does. FENCED when another epoch holds the fence.
   */
  join(epoch: number): Promise<void>;
  /** Makes the places 0 to `count` - 1 of those who load. The first is the owner's own, for as long as its epoch lasts. */
  openPlaces(owner: string, count: number): Promise<void>;
  /**
   * Takes a place, keeps it, or with 0 milliseconds gives it back, by the clock of the sink; false when there is no such
   * place or somebody else has it.
   */
  holdPlace(place: number, owner: string, milliseconds: number): Promise<boolean>;
  freePlaces(): Promise<number[]>;
  /**
   * Claims chunks of shared plans that are not done and that nobody with a place has claimed; none are left for this
   * worker when it gets none. A claim lasts as long as its owner's place.
   */
  claimChunks(claim: Claim): Promise<ClaimedChunk[]>;
  /** Lets others have a chunk that was claimed. */
  releaseChunk(generation: number, chunk: ClaimedChunk): Promise<void>;
  /** The plans of a generation, by sink table (`db.table`). */
  plans(generation: number): Promise<ReadonlyMap<string, PlanState>>;

  beginBatch(mode: BatchMode): SinkBatch;

  /** Removes everything the task keeps at the sink beside its tables: fence and plans. */
  forget(epoch: number): Promise<void>;

  close(): Promise<void>;
}
