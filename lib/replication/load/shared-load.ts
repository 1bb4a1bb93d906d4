import { randomUUID } from 'node:crypto';
import { CdcError, isCdcError } from '../../errors.ts';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import { LoaderCalls } from './call-loaders.ts';
import { ChunkLoader } from '../chunks/chunk-loader.ts';
import { ChunkQueue } from '../chunks/chunk-queue.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import { LoadProgress } from './load-progress.ts';
import { LANES } from './load-table.ts';
import { LOOK_AGAIN_MS } from './load-timing.ts';
import { makeSureHeldLately } from '../history/pins.ts';
import { planAnewIfGone } from '../chunks/plan-anew.ts';
import { sizeFor } from '../chunks/chunk-sizes.ts';
import { type PlanPage, TablePlanner } from '../chunks/table-planner.ts';
import type { Pin } from '../../data/position.ts';
import type { Reshaped } from '../tables/schema-changes.ts';
import type { Session } from '../session/session.ts';
import type { ClaimedChunk, ExistingRows } from '../endpoints/chunk-plans.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';

/** Tables planned concurrently. */
const PLANNERS = 4;

/** The tables to load, and what the sink already has of them. */
interface ToLoad {
  readonly tables: readonly TableMapping[];
  /** Tables to alter before they are loaded, keyed by sink table (`db.table`). */
  readonly reshaped: ReadonlyMap<TableKey, readonly Reshaped[]>;
  readonly existingRows: ExistingRows;
}

/**
 * The part of the worker with the lease in a load. It plans several tables at a time, calls loaders, and loads chunks
 * beside them. It waits for chunks that loaders claimed, and takes over the chunks of loaders that are gone.
 */
export class SharedLoad {
  readonly #session: Session;
  readonly #ends: Endpoints;
  readonly #tables: ReadonlyMap<TableKey, TableMapping>;
  readonly #reshaped: ToLoad['reshaped'];
  readonly #pin: Pin;
  readonly #existingRows: ExistingRows;
  readonly #loader: ChunkLoader;
  readonly #queue: ChunkQueue;
  readonly #progress: LoadProgress;
  readonly #calls: LoaderCalls;
  readonly #owner: string;
  #planned = false;
  #somePlanned = Promise.withResolvers<undefined>();
  #seen: { readonly plans?: unknown; readonly unwanted: TableKey[] } = { unwanted: [] };
  #failed = false;

  constructor(session: Session, ends: Endpoints, { tables, reshaped, existingRows }: ToLoad, pin: Pin) {
    const { generation, spec } = session.record;
    this.#session = session;
    this.#ends = ends;
    this.#tables = new Map(tables.map((mapping) => [tableKey(mapping.sink), mapping]));
    this.#reshaped = reshaped;
    this.#pin = pin;
    this.#existingRows = existingRows;
    this.#loader = new ChunkLoader(ends, pin, generation);
    // Each attempt has an owner name of its own, so that the claims of the last attempt are free again.
    this.#owner = `${session.deps.owner} ${randomUUID()}`;
    const claim = { generation, owner: this.#owner, workers: spec.options.loadWorkers };
    this.#queue = new ChunkQueue(ends.sink, claim, () => this.#unwanted());
    this.#progress = new LoadProgress(session, ends.sink, tables);
    this.#calls = new LoaderCalls(session, ends.sink);
  }

  /** Finds out which chunks earlier workers loaded. */
  async begin(): Promise<void> {
    await this.#ends.sink.openPlaces(this.#owner, this.#session.record.spec.options.loadWorkers);
    await this.#progress.look();
  }

  async run(): Promise<void> {
    await this.#callLoaders();
    const lanes = Array.from({ length: LANES }, () => () => this.#loadAll());
    await forEachConcurrently([() => this.#planAll(), ...lanes], 1 + LANES, (work) => this.#noting(work));
    // Loaders load the remaining chunks, and may fail.
    while (!(await this.#isComplete())) {
      await this.#session.deps.clock.sleep(LOOK_AGAIN_MS, this.#session.signal);
      await forEachConcurrently(lanes, LANES, (work) => this.#noting(work));
    }
  }

  /** After a failure, the other lanes end with their present chunk. */
  async #noting(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed = true;
      this.#wake();
      throw error;
    }
  }

  async #planAll(): Promise<void> {
    let left = this.#tables.size;
    await forEachConcurrently(this.#tables.values(), PLANNERS, async (mapping) => {
      if (this.#failed) return;
      this.#session.checkpointOrStop();
      await attributeErrorsTo(mapping.source, () => this.#plan(mapping));
      left -= 1;
      await this.#lookAround(left === 0);
      this.#wake();
    });
    this.#planned = true;
    this.#wake();
  }

  async #plan(mapping: TableMapping): Promise<void> {
    const { sink } = this.#ends;
    const known = this.#progress.plans.get(tableKey(mapping.sink));
    if (known?.chunks === known?.chunksDone && known !== undefined) return;
    const table = await this.#loader.table(mapping);
    await this.#progress.noteMade(table);
    const { record, progress } = this.#session;
    const { total } = progress.tables[tableKey(mapping.source)] ?? {};
    const planner = new TablePlanner(this.#session, this.#ends, {
      ...{ table, pin: this.#pin, use: 'shared' },
      size: () => sizeFor(this.#session, this.#ends, table, this.#pin, 'load', total),
    });
    if (known === undefined) {
      // Concurrently: `#prepare` asks the sink, `first` asks the source.
      const first: PlanPage[] = [];
      const plan = async (): Promise<void> => {
        first.push(await planner.first());
      };
      await forEachConcurrently([() => this.#prepare(table), plan], 2, (work) => work());
      for (const page of first) {
        await sink.planLoad(table, record.generation, page, this.#existingRows);
        if (!page.hasRest) return;
      }
    } else {
      if (known.chunksDone > 0) await planAnewIfGone(this.#session, this.#ends, planner);
      await sink.createTable(table);
    }
    this.#wake();
    await planner.complete(async () => {
      await this.#lookAround();
      this.#wake();
    });
  }

  /** Call it only while the table has no plan: later the table has rows that an alteration could destroy. */
  async #prepare(table: SinkTable): Promise<void> {
    const { sink } = this.#ends;
    const states = this.#reshaped.get(tableKey(table.name));
    if (states === undefined) await sink.createTable(table);
    // Alter from each earlier state. Every alteration leads to the table's present shape.
    for (const { before } of states ?? []) await sink.alterTable(table, before, 'all');
  }

  async #loadAll(): Promise<void> {
    while (!this.#failed) {
      this.#session.checkpointOrStop();
      const somePlanned = this.#somePlanned.promise;
      const chunk = await this.#queue.next();
      if (chunk !== undefined) await this.#load(chunk);
      else if (this.#planned) return;
      else await somePlanned;
    }
  }

  async #load(chunk: ClaimedChunk): Promise<void> {
    await makeSureHeldLately(this.#session, this.#ends.source);
    const mapping = this.#tables.get(chunk.table);
    if (mapping === undefined)
      throw new CdcError('INTERNAL', `There is a chunk of ${chunk.table}, but that table is not to be loaded.`);
    try {
      const rows = await this.#loader.load(mapping, chunk);
      this.#session.counts.rowsLoaded += rows;
    } catch (error) {
      if (!isCdcError(error, 'FENCED')) throw error;
      // Either the worker that had claimed the chunk has loaded it after all, or this worker has lost the lease: then
      // `watch` throws.
      await this.#session.deps.store.watch(this.#session.key);
      await this.#queue.release(chunk);
    }
    await this.#session.recovered();
    await this.#lookAround();
  }

  async #isComplete(): Promise<boolean> {
    await this.#progress.look();
    return this.#progress.isComplete;
  }

  async #lookAround(now = false): Promise<void> {
    if (await this.#progress.lookIfDue(now)) await this.#callLoaders();
  }

  async #callLoaders(): Promise<void> {
    const plans = [...this.#progress.plans].filter(([table]) => this.#tables.has(table));
    await this.#calls.call(plans.map(([, plan]) => plan));
  }

  #wake(): void {
    this.#somePlanned.resolve(undefined);
    this.#somePlanned = Promise.withResolvers();
  }

  /**
   * Tables with a plan that are not to be loaded: they were set aside. There may be thousands, so compute them once a
   * look and not at every claim.
   */
  #unwanted(): TableKey[] {
    const { plans } = this.#progress;
    if (this.#seen.plans !== plans) {
      this.#seen = { plans, unwanted: [...plans.keys()].filter((table) => !this.#tables.has(table)) };
    }
    return this.#seen.unwanted;
  }
}
