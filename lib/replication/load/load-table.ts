import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import { ChunkLoader } from '../chunks/chunk-loader.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import { withTable } from '../../record/table-room.ts';
import { makeSureHeldLately } from '../history/pins.ts';
import { planAnewIfGone } from '../chunks/plan-anew.ts';
import { sizeFor } from '../chunks/chunk-sizes.ts';
import { planChunks } from '../chunks/plan-chunks.ts';
import { TablePlanner } from '../chunks/table-planner.ts';
import type { Pin } from '../../data/position.ts';
import type { TableProgress } from '../../record/progress.ts';
import type { Session } from '../session/session.ts';
import type { Chunk, ExistingRows } from '../endpoints/chunk-plans.ts';

/** Chunks that one worker loads concurrently; each has a connection of its own at source and sink. */
export const LANES = 2;
/**
 * Milliseconds between two writes of the progress: it serves `show` only, so the worker need not store it with every
 * chunk.
 */
export const PROGRESS_INTERVAL_MS = 1_000;

/**
 * Loads a table that a window added, as it was at the pin. This worker loads it alone. Safe to repeat from any point
 * with the same pin.
 */
export async function loadTable(
  session: Session,
  ends: Endpoints,
  mapping: TableMapping,
  pin: Pin,
  existingRows: ExistingRows,
): Promise<void> {
  session.checkpointOrStop();
  const { generation } = session.record;
  const loader = new ChunkLoader(ends, pin, generation);
  const table = await loader.table(mapping);
  const size = () => sizeFor(session, ends, table, pin, 'load');
  const planner = new TablePlanner(session, ends, { table, pin, use: 'own', size });
  await planAnewIfGone(session, ends, planner);
  await ends.sink.createTable(table);
  const chunks = await planChunks(session, ends, planner, existingRows);
  const progress = new TableLoadProgress(session, tableKey(mapping.source), chunks);
  const todo = chunks.filter((chunk) => !chunk.done);
  await forEachConcurrently(todo, LANES, async (chunk) => {
    session.checkpointOrStop();
    await makeSureHeldLately(session, ends.source);
    await progress.done(await loader.load(mapping, chunk));
  });
  await progress.store();
}

/** Counts what is loaded and stores the counts from time to time. */
class TableLoadProgress {
  readonly #session: Session;
  readonly #table: TableKey;
  #counted: TableProgress;
  #storedAt = 0;

  constructor(session: Session, table: TableKey, chunks: readonly Chunk[]) {
    this.#session = session;
    this.#table = table;
    const done = chunks.filter((chunk) => chunk.done);
    this.#counted = {
      chunks: chunks.length,
      chunksDone: done.length,
      rows: done.reduce((sum, chunk) => sum + chunk.rows, 0),
      total: session.progress.tables[table]?.total,
    };
  }

  async done(rows: number): Promise<void> {
    const counted = this.#counted;
    this.#counted = { ...counted, chunksDone: counted.chunksDone + 1, rows: counted.rows + rows };
    this.#session.counts.rowsLoaded += rows;
    await this.#session.recovered();
    if (this.#session.deps.clock.now() - this.#storedAt >= PROGRESS_INTERVAL_MS) await this.store();
  }

  async store(): Promise<void> {
    this.#storedAt = this.#session.deps.clock.now();
    const { tables, rowsLoaded } = this.#session.progress;
    const counted = this.#counted.rows - (tables[this.#table]?.rows ?? 0);
    await this.#session.advance({
      tables: withTable(tables, this.#table, this.#counted),
      rowsLoaded: rowsLoaded + counted,
    });
  }
}
