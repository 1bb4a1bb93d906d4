import { isDeepStrictEqual } from 'node:util';
import { CdcError } from '../../errors.ts';
import { tableKey, type TableMapping } from '../../task/task.ts';
import { describedTable } from '../tables/described-table.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { expectRows } from './expect-rows.ts';
import { noteTables } from '../tables/note-tables.ts';
import { ownTables } from '../tables/owned-tables.ts';
import { dropOwnPin, makeSureHeld } from '../history/pins.ts';
import type { Pin } from '../../data/position.ts';
import type { Progress } from '../../record/progress.ts';
import { finishTables, goneToo } from '../tables/schema-changes.ts';
import type { Session, StoredTask } from '../session/session.ts';
import { noteSimplified, simplifiedTables } from '../tables/simplified.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import { notAside } from '../tables/set-aside.ts';
import { SharedLoad } from './shared-load.ts';
import { goneSinceRestart, reshapedSinceRestart } from '../tables/since-restart.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';

/** Loads every table as it was at the load pin, chunk by chunk. Chunks that an earlier worker loaded stay. */
export async function loadTables(session: Session, ends: Endpoints): Promise<void> {
  const { pin, tables, gone } = await tablesToLoad(session, ends);
  const { generation, spec } = session.record;
  const { existingRows: wanted } = spec.options;
  // After a restart, the existing rows are the task's own, so replace them. Nothing but a restart loads with `compare`.
  const existingRows = generation > 1 || wanted === 'compare' ? 'replace' : wanted;
  const reshaped = await reshapedSinceRestart(session, ends, tables, pin);
  const load = new SharedLoad(session, ends, { tables, reshaped, existingRows }, pin);
  await load.begin();
  await expectRows(session, ends.source, tables, pin);
  await load.run();
  const lasting = [...reshaped.values()].flatMap((states) => states.slice(-1));
  const left = await finishTables(session, ends, lasting, gone);
  const simplified = await simplifiedTables(
    ends,
    lasting.map(({ table }) => table),
    left,
  );
  await makeSureHeld(session, ends.source);
  await atTheirEnd(session, ends, {
    ...{ phase: 'window', checkpoint: pin, loadPin: undefined, loadRefused: undefined, loadRun: undefined },
    ...noteSimplified(
      session.progress,
      simplified,
      gone.map(({ source }) => tableKey(source)),
    ),
  });
  session.log('info', 'load.done', { rows: session.progress.rowsLoaded });
}

/**
 * Creates the sink tables of a task without a load, and leaves their rows alone. Changes count from the load pin on.
 */
export async function createTables(session: Session, ends: Endpoints): Promise<void> {
  const { pin, tables, gone } = await tablesToLoad(session, ends);
  const made = await madeTables(session, ends, tables, pin);
  await finishTables(session, ends, [], gone);
  await makeSureHeld(session, ends.source);
  const noted = noteSimplified(session.progress, await simplifiedTables(ends, made));
  await atTheirEnd(session, ends, { phase: 'window', checkpoint: pin, loadPin: undefined, ...noted });
}

/**
 * Makes a window that ends at the load pin the first one, instead of a load: it compares every table there, whatever the
 * sink has. Creates the sink tables before: one that does not fit is refused, since a comparison would alter it.
 */
export async function compareTables(session: Session, ends: Endpoints): Promise<void> {
  const { pin, tables } = await tablesToLoad(session, ends);
  await madeTables(session, ends, tables, pin);
  const { window, selection } = session.progress;
  const pending = { number: window + 1, until: pin, selection };
  await session.advance({ phase: 'window', loadPin: undefined, checkpoint: undefined, pending });
}

/** Creates the sink tables that are missing, and refuses those that do not fit. */
async function madeTables(
  session: Session,
  ends: Endpoints,
  tables: readonly TableMapping[],
  pin: Pin,
): Promise<readonly SinkTable[]> {
  const made: SinkTable[] = [];
  for (const mapping of tables) {
    session.checkpointOrStop();
    await attributeErrorsTo(mapping.source, async () => {
      const table = await describedTable(ends, mapping, pin);
      await ends.sink.createTable(table);
      made.push(table);
    });
  }
  return made;
}

/**
 * Stores the end of the load. The pins of before a restart have served, so drop them; if the worker dies here, the next
 * one drops them.
 */
async function atTheirEnd(session: Session, { source }: Endpoints, change: Partial<Progress>): Promise<void> {
  const { restartedFrom = [] } = session.progress;
  await session.advance({ ...change, restartedFrom: undefined, changedAt: session.deps.clock.now() });
  for (const pin of restartedFrom) await dropOwnPin(session, source, pin);
}

interface FoundTables {
  readonly pin: Pin;
  readonly tables: readonly TableMapping[];
  /** Tables dropped since before a restart: their sink tables go too. */
  readonly gone: readonly TableMapping[];
}

async function tablesToLoad(session: Session, ends: Endpoints): Promise<FoundTables> {
  const pin = session.progress.loadPin;
  if (pin === undefined) throw new CdcError('INTERNAL', 'A load without a pin.');
  const { tables: all, leftOut, failed } = await currentSets(session, ends).found(pin);
  let gone: readonly TableMapping[] = [];
  if (ends.tables.changing) {
    const dropped = await goneSinceRestart(session, ends, { tables: all, leftOut });
    if (session.record.spec.options.schemaChange === 'follow') gone = goneToo(session, dropped);
    const set = { kept: all, added: [], dropped, removed: [], aside: [], leftOut };
    const noted = noteTables(session.progress, set, gone);
    // Storing the same again would count as progress.
    if (!isDeepStrictEqual({ ...session.progress, ...noted }, session.progress)) await session.advance(noted);
  }
  // Throw only now: the task can set a table aside only after it knows its other tables.
  if (failed !== undefined) throw failed;
  const tables = ends.tables.changing ? all : await presentTables(session, ends, all, pin);
  await ends.sink.keepTables([...all, ...gone].map((mapping) => mapping.sink));
  // A table that a resync asks for comes back in a window, once the sink has the others.
  const wanted = notAside(session.progress, tables);
  await ownTables(ends, wanted);
  return { pin, gone, tables: wanted };
}

/**
 * A named table may have been dropped since the task was created, or before it was restarted. It counts as missing, as
 * if it had been dropped after the load: the window in which it exists again adds it. An error could never be mended at
 * the source, since the pin will never have the table.
 */
async function presentTables(
  session: StoredTask,
  { source }: Endpoints,
  tables: readonly TableMapping[],
  pin: Pin,
): Promise<readonly TableMapping[]> {
  const names = tables.map((mapping) => mapping.source);
  const present = await source.shapes(names, pin);
  const missing = names.map(tableKey).filter((key) => !present.has(key));
  if (!isDeepStrictEqual(missing, session.progress.missing)) await session.advance({ missing });
  return tables.filter((mapping) => present.has(tableKey(mapping.source)));
}
