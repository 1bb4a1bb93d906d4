import { isDeepStrictEqual } from 'node:util';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import { PROGRESS_INTERVAL_MS } from './load-table.ts';
import { roomForMore } from '../../record/table-room.ts';
import type { Progress } from '../../record/progress.ts';
import type { Session } from '../session/session.ts';
import { noteSimplified, type Simplified, simplifiedTables } from '../tables/simplified.ts';
import type { PlanState, SinkPlans } from '../endpoints/chunk-plans.ts';
import type { SinkTable, SinkTables } from '../endpoints/sink-tables.ts';

/** Reading the plans of a huge load takes a while: wait this many times as long before the next look. */
const REST = 20;

type LoadPlans = SinkPlans & Pick<SinkTables, 'omitted'>;

/**
 * How far the load has come, over all its workers. It reads the plans at the sink from time to time, and stores what it
 * finds.
 */
export class LoadProgress {
  readonly #session: Session;
  readonly #sink: LoadPlans;
  readonly #tables: readonly TableMapping[];
  #plans: ReadonlyMap<TableKey, PlanState> = new Map();
  #due = 0;
  #looking: Promise<void> | undefined;
  #made: Simplified = { notes: [], whole: [] };

  constructor(session: Session, sink: LoadPlans, tables: readonly TableMapping[]) {
    this.#session = session;
    this.#sink = sink;
    this.#tables = tables;
  }

  /** Keyed by sink table, as of the last look. */
  get plans(): ReadonlyMap<TableKey, PlanState> {
    return this.#plans;
  }

  /** Notes a table that was created at the sink. The next look stores the note. */
  async noteMade(table: SinkTable): Promise<void> {
    const { notes, whole } = await simplifiedTables({ sink: this.#sink }, [table]);
    this.#made = { notes: [...this.#made.notes, ...notes], whole: [...this.#made.whole, ...whole] };
  }

  /** True when the last look found every chunk of these tables done. */
  get isComplete(): boolean {
    return this.#tables.every(({ sink }) => {
      const plan = this.#plans.get(tableKey(sink));
      return plan !== undefined && plan.chunksDone === plan.chunks;
    });
  }

  /** Looks if the last look is long enough ago, or if `now` is true; returns whether it looked. */
  async lookIfDue(now: boolean): Promise<boolean> {
    const { clock } = this.#session.deps;
    const began = clock.now();
    if (began < this.#due && !now) return false;
    // Other lanes go on without a look meanwhile.
    this.#due = Infinity;
    try {
      await this.look();
    } finally {
      this.#due = clock.now() + Math.max(PROGRESS_INTERVAL_MS, REST * (clock.now() - began));
    }
    return true;
  }

  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #look(): Promise<void> {
    this.#plans = await this.#sink.plans(this.#session.record.generation);
    const change = this.#change();
    // Storing the same again would count as progress.
    if (!isDeepStrictEqual({ ...this.#session.progress, ...change }, this.#session.progress)) {
      await this.#session.advance(change);
    }
  }

  #change(): Pick<Progress, 'tables' | 'rowsLoaded' | 'simplified'> {
    const { progress } = this.#session;
    const tables = { ...progress.tables };
    const hasRoom = roomForMore(tables);
    for (const { source, sink } of this.#tables) {
      const plan = this.#plans.get(tableKey(sink));
      const key = tableKey(source);
      if (plan === undefined || (!Object.hasOwn(tables, key) && !hasRoom(key))) continue;
      tables[key] = { ...plan, total: tables[key]?.total };
    }
    let rows = 0;
    for (const plan of this.#plans.values()) rows += plan.rows;
    const { simplified } = noteSimplified(progress, this.#made);
    this.#made = { notes: [], whole: [] };
    return { tables, rowsLoaded: Math.max(progress.rowsLoaded, rows), simplified };
  }
}
