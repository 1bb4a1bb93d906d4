import type { KeyPosition } from '../../data/key-position.ts';
import type { KeyRange, RangePage, RowSet } from '../endpoints/source.ts';
import type { ChunkComparison, ComparisonMode } from './chunk-comparison.ts';
import { type Differences, NO_DIFFERENCES, plusDifferences } from './found-differences.ts';

/**
 * Ranges whose checksums are compared in one step, at first and at most: a million rows of 75 bytes take two servers a tenth of a
 * second. Rows may be large, so their number follows the time that a step takes.
 */
const FIRST_SPAN = 10;
const LARGEST_SPAN = 100;
/** Milliseconds. A quicker step is followed by a larger one, a slower step by a smaller one. */
const QUICK_MS = 100;
const SLOW_MS = 300;

/** Ranges that checksums have been asked about. */
interface Span {
  readonly ranges: number;
  /** The sets that are not compared yet, and what was found in the others. */
  readonly sets: readonly RowSet[];
  readonly found: Differences;
}

/** What was found in some further ranges. */
export interface ComparedRanges {
  readonly ranges: number;
  readonly found: Differences;
  /** Where the last of them ends. */
  readonly end: KeyRange['upper'];
  /** No range is left. */
  readonly isLast: boolean;
}

/** Plans the ranges that follow the end `after` of an earlier one; undefined: from the table's beginning. */
export type PlanRanges = (after: KeyPosition | undefined) => Promise<RangePage>;

/**
 * Compares the ranges of a table in short steps: by the checksum of many at once, then by the buckets where these differ, or
 * range by range where many rows differ or an end computes no checksums. Each step may be at another pin. Ranges are planned
 * a page at a time, so that memory does not grow with the table.
 */
export class RangesComparison {
  /** Planned and not yet compared. */
  #ranges: readonly KeyRange[] = [];
  #after: KeyPosition | undefined;
  #isPlanned = false;
  #span: Span | undefined;
  /** So many of the next ranges are compared one by one, without checksums. */
  #oneByOne = 0;
  #atOnce = FIRST_SPAN;
  readonly #now: () => number;

  /** Compares what follows `after`. `now`: milliseconds. */
  constructor(after: KeyPosition | undefined, now: () => number) {
    this.#after = after;
    this.#now = now;
  }

  /** Ranges that are planned and not yet compared. */
  get planned(): number {
    return this.#ranges.length;
  }

  /** Undefined if there is still something to do for the ranges that the last step began. */
  async step(comparison: ChunkComparison, mode: ComparisonMode, plan: PlanRanges): Promise<ComparedRanges | undefined> {
    if (this.#span === undefined) await this.#planMore(plan);
    this.#span ??= await this.#begun(comparison);
    const { ranges, sets, found } = this.#span;
    const [set, ...others] = sets;
    const sum = set === undefined ? found : plusDifferences(found, await comparison.run(set, mode));
    this.#span = { ranges, sets: others, found: sum };
    if (others.length > 0) return undefined;
    this.#span = undefined;
    const end = this.#ranges[ranges - 1]?.upper;
    this.#ranges = this.#ranges.slice(ranges);
    this.#oneByOne = Math.max(0, this.#oneByOne - ranges);
    return { ranges, found: sum, end, isLast: this.#isPlanned && this.#ranges.length === 0 };
  }

  /** Checksums are asked about this many ranges at once, so it plans at least as many. */
  async #planMore(plan: PlanRanges): Promise<void> {
    if (this.#isPlanned || this.#ranges.length >= this.#atOnce) return;
    const page = await plan(this.#after);
    this.#ranges = [...this.#ranges, ...page.ranges];
    this.#after = page.ranges.at(-1)?.upper;
    this.#isPlanned = page.isLast;
  }

  async #begun(comparison: ChunkComparison): Promise<Span> {
    const range = this.#ranges[0];
    const one = { ranges: 1, sets: range === undefined ? [] : [range], found: NO_DIFFERENCES };
    if (this.#oneByOne > 0) return one;
    const ranges = this.#ranges.slice(0, this.#atOnce);
    const begun = this.#now();
    const told = await comparison.differing(ranges);
    const took = this.#now() - begun;
    if (took < QUICK_MS) this.#atOnce = Math.min(LARGEST_SPAN, 2 * this.#atOnce);
    else if (took > SLOW_MS) this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
    if (told.told === 'sums') {
      return { ranges: ranges.length, sets: told.sets, found: { ...NO_DIFFERENCES, rows: told.equal } };
    }
    this.#oneByOne = told.told === 'none' ? Infinity : ranges.length;
    return one;
  }
}
