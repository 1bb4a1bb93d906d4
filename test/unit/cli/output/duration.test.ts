import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duration } from '../../../../lib/cli/output/duration.ts';

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Milliseconds that a text names. */
const meant = (text: string): number =>
  [...text.matchAll(/([\d.]+)([dhms])/gu)].reduce(
    (sum, [, number = '', unit = '']) => sum + Number(number) * (SECONDS[unit] ?? NaN) * 1_000,
    0,
  );

it('names a time in its two largest units', () => {
  const times = [0, 200, 59_949, 59_950, 60_000, 3_599_499, 3_600_000, 90_000_000, 10 * 86_400_000];
  expect(times.map((millis) => duration(millis))).toEqual([
    '0.0s',
    '0.2s',
    '59.9s',
    '1m00s',
    '1m00s',
    '59m59s',
    '1h00m',
    '1d01h',
    '10d00h',
  ]);
  expect(duration(null)).toBe('-');
});

it('is never off by more than the smaller unit', () => {
  fc.assert(
    fc.property(fc.nat(400 * 86_400_000), (millis) => {
      const text = duration(millis);
      const unit = text.endsWith('h') ? 3_600_000 : text.endsWith('m') ? 60_000 : 1_000;
      expect(Math.abs(meant(text) - millis)).toBeLessThanOrEqual(unit);
    }),
  );
});
