import { WHOLE } from '../../data/key-position.ts';
import type { Pin } from '../../data/position.ts';
import type { Chunk, PlanPart, PlanUse } from '../endpoints/chunk-plans.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { KeyRange, RangePage, RangeSize } from '../endpoints/source.ts';
import type { SessionStop, StoredTask } from '../session/session.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { fewerRanges, MOST_CHUNKS } from './chunk-sizes.ts';

/** About the ranges of one page: few enough that the source answers soon, and enough for all workers until the next page. */
const PAGE_RANGES = 250;

/** A page of the plan. */
export type PlanPage = Required<PlanPart>;

export interface PlannedTable {
  readonly table: SinkTable;
  readonly pin: Pin;
  readonly use: PlanUse;
  /** The size of a chunk; asked once, and only when something has to be planned. */
  readonly size: () => Promise<RangeSize>;
  /** How often the plan goes over the table. Default: once. */
  readonly passes?: number;
}

/**
 * Plans the chunks of a table page by page, and stores each page at the sink: workers begin with the first page, and a
 * worker that takes over goes on where the last page ends. The plan at the sink covers the whole table from the first
 * page on, since its last chunk is the rest.
 */
export class TablePlanner {
  readonly table: SinkTable;
  readonly #session: StoredTask & SessionStop;
  readonly #ends: Endpoints;
  readonly #planned: PlannedTable;
  #size: Promise<RangeSize> | undefined;

  constructor(session: StoredTask & SessionStop, ends: Endpoints, planned: PlannedTable) {
    this.#session = session;
    this.#ends = ends;
    this.#planned = planned;
    this.table = planned.table;
  }

  async first(): Promise<PlanPage> {
    const page = await this.#page(undefined);
    const { passes = 1 } = this.#planned;
    // If one page is all, the other passes have the same one.
    if (page.isLast) return this.#part(Array.from({ length: passes }, () => page.ranges).flat(), false);
    return this.#part([...page.ranges, behind(page)], true);
  }

  /** Divides the rest until nothing is left of it. `planned` is called after each page. */
  async complete(planned?: () => Promise<void>): Promise<void> {
    const { sink } = this.#ends;
    const { generation } = this.#session.record;
    for (;;) {
      this.#session.checkpointOrStop();
      const rest = await sink.restOfPlan(this.table, generation);
      if (rest === undefined) return;
      await sink.extendPlan(this.table, generation, rest, await this.#next(rest));
      await planned?.();
    }
  }

  async #next(rest: Chunk): Promise<PlanPage> {
    const page = await this.#page(rest.range.lower);
    // The more pages there are, the more ranges become one chunk: a worker holds a plan in memory.
    const joined = 2 ** Math.floor(rest.number / MOST_CHUNKS);
    const ranges = fewerRanges(page.ranges, Math.ceil(page.ranges.length / joined));
    if (!page.isLast) return this.#part([...ranges, behind(page)], true);
    const hasRest = (await this.#passesBegun(rest)) < (this.#planned.passes ?? 1);
    return this.#part(hasRest ? [...ranges, WHOLE] : ranges, hasRest);
  }

  #part(ranges: readonly KeyRange[], hasRest: boolean): PlanPage {
    return { ranges, use: this.#planned.use, hasRest };
  }

  async #page(after: KeyRange['lower']): Promise<RangePage> {
    const { pin, size } = this.#planned;
    this.#size ??= size();
    const page = { after, most: PAGE_RANGES };
    return await this.#ends.source.planPage(this.table.schema, pin, await this.#size, page);
  }

  /** Each pass begins with an open lower end. */
  async #passesBegun({ range }: Chunk): Promise<number> {
    if (this.#planned.passes === undefined) return 1;
    const chunks = (await this.#ends.sink.chunks(this.table, this.#session.record.generation)) ?? [];
    const others = chunks.filter((chunk) => chunk.isRest !== true && chunk.range.lower === undefined).length;
    return others + (range.lower === undefined ? 1 : 0);
  }
}

const behind = ({ ranges }: RangePage): KeyRange => ({ lower: ranges.at(-1)?.upper, upper: undefined });
