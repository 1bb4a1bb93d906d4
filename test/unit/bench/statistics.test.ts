import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median, percentile, short } from '../../bench/statistics.ts';

const values = fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 });

it('takes the value that the share of the others does not exceed, and that fewer do not', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (list, share) => {
      const found = percentile(list, share);
      expect(list).toContain(found);
      expect(list.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * list.length);
      expect(list.filter((value) => value < found).length).toBeLessThan(share * list.length);
    }),
  );
});

it('has as many values below the median as above it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), (list) => {
      const middle = median(list);
      expect(list.filter((value) => value < middle).length).toBe(list.filter((value) => value > middle).length);
    }),
  );
});

it('shows three digits', () => {
  expect([0.0123, 9.876, 98.76, 987.6, Number.NaN].map(short)).toStrictEqual(['0.01', '9.88', '98.8', '988', '-']);
});
