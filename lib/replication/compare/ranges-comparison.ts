import type { KeyRange, RowSet } from '../endpoints/source.ts';
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

/**
 * Compares the ranges of a table in short steps: by the checksum of many at once, then by the buckets where these differ, or
 * range by range where many rows differ or an end computes no checksums. Each step may be at another pin.
 */
export class RangesComparison {
  readonly #ranges: readonly KeyRange[];
  #next = 0;
  #span: Span | undefined;
  /** Index of the first range that checksums are asked about; the ranges before it are compared one by one. */
  #summedFrom = 0;
  #atOnce = FIRST_SPAN;
  readonly #now: () => number;

  /** `now`: milliseconds. */
  constructor(ranges: readonly KeyRange[], now: () => number) {
    this.#ranges = ranges;
    this.#now = now;
  }

  /** Undefined if there is still something to do for the ranges that the last step began. */
  async step(comparison: ChunkComparison, mode: ComparisonMode): Promise<ComparedRanges | undefined> {
    this.#span ??= await this.#begun(comparison);
    const { ranges, sets, found } = this.#span;
    const [set, ...others] = sets;
    const sum = set === undefined ? found : plusDifferences(found, await comparison.run(set, mode));
    this.#span = { ranges, sets: others, found: sum };
    if (others.length > 0) return undefined;
    this.#span = undefined;
    this.#next += ranges;
    const isLast = this.#next >= this.#ranges.length;
    return { ranges, found: sum, end: this.#ranges[this.#next - 1]?.upper, isLast };
  }

  async #begun(comparison: ChunkComparison): Promise<Span> {
    const range = this.#ranges[this.#next];
    const one = { ranges: 1, sets: range === undefined ? [] : [range], found: NO_DIFFERENCES };
    if (this.#next < this.#summedFrom) return one;
    const ranges = this.#ranges.slice(this.#next, this.#next + this.#atOnce);
    const begun = this.#now();
    const told = await comparison.differing(ranges);
    const took = this.#now() - begun;
    if (took < QUICK_MS) this.#atOnce = Math.min(LARGEST_SPAN, 2 * this.#atOnce);
    else if (took > SLOW_MS) this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
    if (told.told === 'sums') {
      return { ranges: ranges.length, sets: told.sets, found: { ...NO_DIFFERENCES, rows: told.equal } };
    }
    this.#summedFrom = told.told === 'none' ? Infinity : this.#next + ranges.length;
    return one;
  }
}
