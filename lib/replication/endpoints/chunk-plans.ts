import type { Rows } from '../../data/row-block.ts';
import type { SinkTable } from './sink-tables.ts';
import type { KeyRange } from './source.ts';
import type { TableKey } from '../../task/task.ts';

/** How planLoad treats rows that the table already has. A resync uses `keep`. */
export type ExistingRows = 'refuse' | 'replace' | 'keep';

/** A part of a table's load: one worker loads it in one sink transaction, exactly once. */
export interface Chunk {
  readonly number: number;
  readonly range: KeyRange;
  readonly done: boolean;
  readonly rows: number;
  /** The worker that claimed the chunk; empty while any worker may claim it. */
  readonly claimedBy: string;
  /** True for the rest of a plan that is not complete yet: everything behind the last chunk, not divided. */
  readonly isRest?: boolean;
}

/** A chunk of one of the sink tables (`db.table`). */
export interface ClaimedChunk extends Chunk {
  readonly table: TableKey;
}

/** Which worker asks for chunks, and which chunks it wants. */
export interface Claim {
  readonly generation: number;
  /** Names the worker, which must hold a place (see holdPlace). */
  readonly owner: string;
  /** How many workers may share the load: a worker claims little more than its share of the remaining chunks. */
  readonly workers: number;
  /** Sink tables (`db.table`) whose chunks the worker does not want. */
  readonly except: readonly TableKey[];
}

/** How far the load of a table has come. */
export interface PlanState {
  readonly chunks: number;
  readonly chunksDone: number;
  readonly rows: number;
}

/**
 * The workers that may load a plan's chunks. `own`: the worker that made the plan. `shared`: every worker that has a
 * place and claims chunks before it loads them.
 */
export type PlanUse = 'own' | 'shared';

/** Ranges that become the chunks of a plan, or of its next part. */
export interface PlanPart {
  readonly ranges: readonly KeyRange[];
  /** Default: `own`. */
  readonly use?: PlanUse;
  /** True when the last range is the rest of the plan: nobody claims it until extendPlan divides it. Default: false. */
  readonly hasRest?: boolean;
}

/** Plans that split a table into chunks, and which chunks are done. */
export interface SinkPlans {
  /** The chunks planned for this table and generation, ordered by number; undefined when there is no plan yet. */
  chunks(table: SinkTable, generation: number): Promise<Chunk[] | undefined>;

  /**
   * Stores the plan. The same transaction empties the table (`replace`), or checks that it is empty (`refuse`:
   * SINK_TABLE_NOT_EMPTY), or leaves its rows alone (`keep`). Chunks are numbered from 1 in the order of the ranges.
   */
  planLoad(table: SinkTable, generation: number, part: PlanPart, existingRows: ExistingRows): Promise<void>;

  /** The rest of the plan; undefined if there is none: then the plan is complete, or there is no plan. */
  restOfPlan(table: SinkTable, generation: number): Promise<Chunk | undefined>;

  /** Puts ranges in the place of the rest. FENCED when it is no rest any more. */
  extendPlan(table: SinkTable, generation: number, rest: Chunk, part: PlanPart): Promise<void>;

  /**
   * Loads a chunk and marks it done in one transaction; returns the number of rows. FENCED when the chunk is already
   * done, or when it belongs to another worker now. If the sink refuses a row, it iterates over `rows` again, where
   * that is possible, to find out which one.
   */
  loadChunk(table: SinkTable, generation: number, chunk: Chunk, rows: AsyncIterable<Rows>): Promise<number>;

  /** Deletes all chunk plans and all places of the task. */
  forgetChunks(): Promise<void>;

  /** The plans of a generation, keyed by sink table (`db.table`). */
  plans(generation: number): Promise<ReadonlyMap<TableKey, PlanState>>;
}

/** Lets several workers load one plan: each worker holds a place and claims chunks. */
export interface SinkPlaces {
  /** Makes the places 0 to `count` - 1 for the workers that load. `owner` holds place 0 as long as its epoch lasts. */
  openPlaces(owner: string, count: number): Promise<void>;

  /**
   * Takes a place or keeps it for `milliseconds`, by the clock of the sink; 0 gives it back. False when the place does
   * not exist or another worker holds it.
   */
  holdPlace(place: number, owner: string, milliseconds: number): Promise<boolean>;

  freePlaces(): Promise<number[]>;

  /**
   * Claims chunks of shared plans that are not done and that no worker with a place has claimed. An empty answer means
   * that none are left for this worker. A claim lasts as long as the place of its owner.
   */
  claimChunks(claim: Claim): Promise<ClaimedChunk[]>;

  /** Gives a claimed chunk back, so that other workers can claim it. */
  releaseChunk(generation: number, chunk: ClaimedChunk): Promise<void>;
}
