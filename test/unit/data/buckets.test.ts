import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsFor, type Checksum, differingBuckets } from '../../../lib/data/buckets.ts';

const OF = 64;
const sums = fc
  .array(fc.tuple(fc.nat({ max: OF - 1 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom('a', 'b')))
  .map((all) => new Map(all.map(([bucket, rows, digest]): [number, Checksum] => [bucket, { rows, digest }])));

describe('buckets', () => {
  it('that differ are in one portion each, and no portion of several has more rows than it may', () => {
    fc.assert(
      fc.property(sums, sums, fc.integer({ min: 1, max: 100 }), (a, b, most) => {
        const portions = differingBuckets(OF, [a, b], most);
        const differing = Array.from({ length: OF }, (_, i) => i).filter(
          (bucket) => JSON.stringify(a.get(bucket)) !== JSON.stringify(b.get(bucket)),
        );
        expect(portions.flatMap(({ among }) => among)).toEqual(differing);
        for (const { of, among, rows } of portions) {
          expect(of).toBe(OF);
          const count = (its: ReadonlyMap<number, Checksum>): number =>
            among.reduce((all, bucket) => all + (its.get(bucket)?.rows ?? 0), 0);
          expect(rows).toEqual([count(a), count(b)]);
          if (among.length > 1) expect(Math.max(...rows)).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('are a power of two, the more the more rows there are, within limits', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000_000 }), (rows) => {
        const of = bucketsFor(rows);
        expect(Number.isInteger(Math.log2(of))).toBe(true);
        expect(of).toBeGreaterThanOrEqual(256);
        expect(of).toBeLessThanOrEqual(8_192);
        if (rows > 10_000 && rows < 250_000) expect(rows / of).toBeLessThan(50);
      }),
    );
  });
});
