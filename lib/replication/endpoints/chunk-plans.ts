import type { Rows } from '../../data/row-block.ts';
import type { SinkTable } from './sink-tables.ts';
import type { KeyRange } from './source.ts';

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

/** Tables in parts: what is planned, and what is done. */
export interface SinkPlans {
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

  /** The plans of a generation, by sink table (`db.table`). */
  plans(generation: number): Promise<ReadonlyMap<string, PlanState>>;
}

/** Several workers that load one plan: each has a place, and claims chunks. */
export interface SinkPlaces {
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
}
