import fc from 'fast-check';
import { expect, it } from 'vitest';
import { metricsDelay } from '../../../lib/console/page/data/metrics-delay.ts';
import { plotted } from '../../../lib/console/page/data/plotted.ts';

const MINUTE = 60_000;
const point = (minute: number, rows: number | null, lagMs: number | null = 1_000) => ({
  at: minute * MINUTE,
  lagMs,
  rows,
});

it('puts what CloudWatch has before what the page has seen', () => {
  const samples = [
    { at: 3.5 * MINUTE, lagMs: 500, rows: 1_000 },
    { at: 3.5 * MINUTE + 1_000, lagMs: null, rows: 1_010 },
  ];
  const points = [point(0, 0), point(1, 60), point(2, 60, null), point(3, null), point(4, 9_000)];
  expect(plotted(points, samples, 0)).toEqual({
    times: [0, 60, 120, 180, 210, 211],
    lags: [1, 1, null, 1, 0.5, null],
    rates: [null, 1, 0, null, null, 10],
    seenFrom: 210_000,
    hasMetrics: true,
  });
});

it('knows no rate over a restart, over a long time without metrics, or of an older task of that name', () => {
  expect(plotted([point(0, 500), point(1, 0), point(9, 4_800)], [], 0).rates).toEqual([null, null, null]);
  expect(plotted([point(0, 0), point(1, 60), point(2, 120)], [], MINUTE).rates).toEqual([null, 1]);
  expect(plotted([], [], 0)).toMatchObject({ times: [], seenFrom: undefined, hasMetrics: false });
});

it('times rise, nothing is older than an hour, and each time has its values', () => {
  const value = fc.option(fc.nat(1_000_000));
  const points = fc.uniqueArray(fc.record({ at: fc.nat(200).map((n) => n * MINUTE), lagMs: value, rows: value }), {
    selector: ({ at }) => at,
  });
  const samples = fc.uniqueArray(
    fc.record({ at: fc.integer({ min: 90 * MINUTE, max: 100 * MINUTE }), lagMs: value, rows: fc.nat() }),
    {
      selector: ({ at }) => at,
    },
  );
  fc.assert(
    fc.property(points, samples, (a, b) => {
      const [first, second] = [a.toSorted((x, y) => x.at - y.at), b.toSorted((x, y) => x.at - y.at)];
      const { times, lags, rates, hasMetrics } = plotted(first, second, 0);
      expect([lags.length, rates.length]).toEqual([times.length, times.length]);
      expect(times).toEqual([...new Set(times)].sort((x, y) => x - y));
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(3_600);
      expect(hasMetrics).toBe(times.length > second.length);
      expect(rates.every((rate) => rate === null || Number.isFinite(rate))).toBe(true);
    }),
  );
});

it('asks once a minute, less often in vain, and not at all where there is no CloudWatch', () => {
  expect(metricsDelay(null, 0)).toBe(60_000);
  expect([1, 2, 3, 50].map((times) => metricsDelay('failed', times))).toEqual([120_000, 240_000, 480_000, 960_000]);
  expect(metricsDelay('denied', 9)).toBe(960_000);
  expect(metricsDelay('off', 1)).toBeUndefined();
});
