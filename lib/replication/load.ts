import { isDeepStrictEqual } from 'node:util';
import { CdcError } from '../errors.ts';
import { tableKey, type TableMapping, type TaskOptions } from '../task/task.ts';
import { currentSets, type Ends } from './ends.ts';
import { expectRows } from './load-estimate.ts';
import { inLanes } from './lanes.ts';
import { noteTables, withTable } from './note-tables.ts';
import { makeSureHeld, makeSureHeldLately } from './pins.ts';
import { planChunks } from './plan-chunks.ts';
import type { Pin } from './position.ts';
import type { TableProgress } from './progress.ts';
import type { Session } from './session.ts';
import type { Chunk, SinkTable } from './sink.ts';
import { ofTable } from './table-error.ts';

type ExistingRows = TaskOptions['existingRows'];

/** Chunks under way at once; each has its own connection at both ends. */
const LANES = 2;
/** Progress is for show, so it need not be stored at every chunk, in milliseconds. */
const REPORT_INTERVAL = 1_000;

/** Copies every table as it was at the load pin, chunk by chunk; what an earlier worker has loaded is left alone. */
export async function loadTables(session: Session, ends: Ends): Promise<void> {
  const { pin, tables } = await tablesToLoad(session, ends);
  await expectRows(session, ends.source, tables, pin);
  const { generation, spec } = session.record;
  // A restart loads over what the task itself has written.
  const existingRows = generation > 1 ? 'replace' : spec.options.existingRows;
  for (const mapping of tables) {
    await ofTable(mapping.source, () => loadTable(session, ends, mapping, pin, existingRows));
  }
  await makeSureHeld(session, ends.source);
  await session.advance({ phase: 'window', checkpoint: pin, loadPin: undefined, loadRun: undefined });
  session.deps.log('info', 'load.done', { ...session.logFields, rows: session.progress.rowsLoaded });
}

/** Instead of a first copy: makes sure of the sink tables, whose rows stay. Changes count from the load pin on. */
export async function createTables(session: Session, ends: Ends): Promise<void> {
  const { pin, tables } = await tablesToLoad(session, ends);
  for (const { source, sink } of tables) {
    session.checkpointOrStop();
    await ofTable(source, async () => {
      await ends.sink.createTable({ name: sink, schema: await ends.source.describe(source, pin) });
    });
  }
  await makeSureHeld(session, ends.source);
  await session.advance({ phase: 'window', checkpoint: pin, loadPin: undefined });
}

async function tablesToLoad(session: Session, ends: Ends): Promise<{ pin: Pin; tables: readonly TableMapping[] }> {
  const pin = session.progress.loadPin;
  if (pin === undefined) throw new CdcError('INTERNAL', 'A load without a pin.');
  const { tables, leftOut } = await currentSets(session, ends).at(pin);
  if (ends.tables.changing) {
    const set = { kept: tables, added: [], dropped: [], removed: [], aside: [], leftOut };
    const noted = noteTables(session.progress, set);
    // A further attempt that finds the same has brought nothing forward.
    if (!isDeepStrictEqual({ ...session.progress, ...noted }, session.progress)) await session.advance(noted);
  }
  // What is asked to come back does so in a window, when the sink has the others.
  return { pin, tables: tables.filter(({ source }) => !Object.hasOwn(session.progress.aside, tableKey(source))) };
}

/** Copies one table as it was at the pin. Safe to repeat, from any point, with the same pin. */
export async function loadTable(
  session: Session,
  ends: Ends,
  mapping: TableMapping,
  pin: Pin,
  existingRows: ExistingRows,
): Promise<void> {
  session.checkpointOrStop();
  const schema = await ends.source.describe(mapping.source, pin);
  const table: SinkTable = { name: mapping.sink, schema };
  await ends.sink.createTable(table);
  const chunks = await planChunks(session, ends, table, pin, existingRows);
  const progress = new LoadProgress(session, tableKey(mapping.source), chunks);
  const todo = chunks.filter((chunk) => !chunk.done);
  await inLanes(todo, LANES, async (chunk) => {
    session.checkpointOrStop();
    await makeSureHeldLately(session, ends.source);
    const rows = ends.source.readRange(schema, pin, chunk.range);
    await progress.done(await ends.sink.loadChunk(table, session.record.generation, chunk, rows));
  });
  await progress.store();
}

/** Counts what is loaded and stores it now and then. */
class LoadProgress {
  readonly #session: Session;
  readonly #table: string;
  #counted: TableProgress;
  #storedAt = 0;

  constructor(session: Session, table: string, chunks: readonly Chunk[]) {
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
    if (this.#session.deps.clock.now() - this.#storedAt >= REPORT_INTERVAL) await this.store();
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
