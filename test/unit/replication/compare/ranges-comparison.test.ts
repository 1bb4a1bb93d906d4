import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyPosition, type KeyPosition } from '../../../../lib/data/key-position.ts';
import type { ChunkComparison } from '../../../../lib/replication/compare/chunk-comparison.ts';
import { NO_DIFFERENCES } from '../../../../lib/replication/compare/found-differences.ts';
import { RangesComparison } from '../../../../lib/replication/compare/ranges-comparison.ts';
import type { Found } from '../../../../lib/replication/endpoints/differing-sets.ts';
import type { KeyRange, RangePage } from '../../../../lib/replication/endpoints/source.ts';

const endOf = (number: number): KeyPosition => keyPosition([Buffer.from(String(number))]);
const numberOf = (end: KeyPosition | undefined): number => (end === undefined ? 0 : Number(end[0]));

/** A table of so many ranges, planned in pages of these lengths, over and over. Each range ends at its number. */
function planned(ranges: number, pages: readonly number[]) {
  let calls = 0;
  return (after: KeyPosition | undefined): Promise<RangePage> => {
    const from = numberOf(after);
    const length = Math.min(pages[calls++ % pages.length] ?? 1, ranges - from);
    const isLast = from + length === ranges;
    const page = Array.from({ length }, (_, i): KeyRange => ({
      lower: from + i === 0 ? undefined : endOf(from + i),
      upper: isLast && i === length - 1 ? undefined : endOf(from + i + 1),
    }));
    return Promise.resolve({ ranges: page, isLast });
  };
}

it('compares each range of each page once, in order, and holds few of them', async () => {
  const answers = fc.constantFrom<Found['told']>('sums', 'many', 'none');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }),
      fc.array(answers, { minLength: 1 }),
      async (ranges, pages, told) => {
        let now = 0;
        const done: number[] = [];
        const note = (some: readonly KeyRange[]) =>
          done.push(...some.map(({ upper }) => (upper === undefined ? ranges : numberOf(upper))));
        const comparison = {
          differing: (some: readonly KeyRange[]): Promise<Found> => {
            now += some.length * 5;
            const kind = told[done.length % told.length] ?? 'sums';
            if (kind !== 'sums') return Promise.resolve({ told: kind });
            note(some);
            return Promise.resolve({ told: 'sums', equal: some.length, sets: [] });
          },
          run: (range: KeyRange) => {
            note([range]);
            return Promise.resolve({ ...NO_DIFFERENCES, rows: 1 });
          },
        } as unknown as ChunkComparison;
        const steps = new RangesComparison(undefined, () => now);
        const plan = planned(ranges, pages);
        let [compared, rows, mostHeld] = [0, 0, 0];
        for (let isLast = false; !isLast;) {
          const step = await steps.step(comparison, 'count', plan);
          mostHeld = Math.max(mostHeld, steps.planned);
          compared += step?.ranges ?? 0;
          rows += step?.found.rows ?? 0;
          isLast = step?.isLast ?? false;
        }
        expect(done).toEqual(Array.from({ length: ranges }, (_, i) => i + 1));
        expect([compared, rows]).toEqual([ranges, ranges]);
        expect(mostHeld).toBeLessThan(100 + Math.max(...pages));
      },
    ),
  );
});

it('goes on after the end that an earlier worker left', async () => {
  const steps = new RangesComparison(endOf(7), () => 0);
  const comparison = {
    differing: (some: readonly KeyRange[]) => Promise.resolve({ told: 'sums', equal: some.length, sets: [] }),
  } as unknown as ChunkComparison;
  expect(await steps.step(comparison, 'count', planned(10, [5]))).toMatchObject({ ranges: 3, isLast: true });
});
