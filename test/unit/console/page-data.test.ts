import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollDelay } from '../../../lib/console/page/data/poll-delay.ts';
import { parseRoute, routeHash } from '../../../lib/console/page/data/route.ts';
import { rateOf, ratesOf, type Sample, withSample } from '../../../lib/console/page/data/samples.ts';
import { stateRank, toneOf } from '../../../lib/console/page/data/state-tone.ts';
import { ACTS, possible } from '../../../lib/console/page/actions/action.ts';
import { TASK_STATES } from '../../../lib/task/state-traits.ts';

describe('samples', () => {
  const series = (count: number, everyMs: number, rate: number): readonly Sample[] => {
    let samples: readonly Sample[] = [];
    for (let at = 0; at < count; at += 1) {
      samples = withSample(samples, { at: at * everyMs, lagMs: 1, rows: (at * everyMs * rate) / 1_000 });
    }
    return samples;
  };

  it('are an hour long and few, however long the page is open', () => {
    const samples = series(8_000, 1_000, 5);
    expect(samples.length).toBeLessThan(320);
    expect((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)).toBeGreaterThan(3_500_000);
    expect((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)).toBeLessThanOrEqual(3_600_000);
  });

  it('give the rate', () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf(series(1, 1_000, 5))).toBeNull();
    expect(rateOf(series(2, 3_000, 5))).toBe(5);
    expect(rateOf(series(5_000, 1_000, 7))).toBe(7);
    expect(ratesOf(series(3, 1_000, 5))).toEqual([null, 5, 5]);
  });

  it('begin anew when rows are counted anew, and ignore what comes twice', () => {
    const before = series(10, 1_000, 5);
    expect(withSample(before, { at: 9_000, lagMs: 1, rows: 99 })).toBe(before);
    expect(withSample(before, { at: 20_000, lagMs: 1, rows: 0 })).toHaveLength(1);
  });
});

describe('the time until the next look', () => {
  const usual = { failures: 0, tookMs: 100, isHurried: false, isHidden: false };

  it('grows with failures, with slowness, and while nobody looks', () => {
    expect(pollDelay(usual)).toBe(3_000);
    expect(pollDelay({ ...usual, isHurried: true })).toBe(1_000);
    expect(pollDelay({ ...usual, isHidden: true })).toBe(15_000);
    expect(pollDelay({ ...usual, tookMs: 2_000, isHurried: true })).toBe(8_000);
    expect([1, 2, 3, 4, 5, 99].map((failures) => pollDelay({ ...usual, failures }))).toEqual([
      6_000, 12_000, 24_000, 48_000, 60_000, 60_000,
    ]);
  });

  it('is between a second and a minute, whatever happens', () => {
    const states = fc.record({
      failures: fc.nat(),
      tookMs: fc.nat(),
      isHurried: fc.boolean(),
      isHidden: fc.boolean(),
    });
    fc.assert(
      fc.property(states, (state) => {
        const delay = pollDelay(state);
        expect(delay).toBeGreaterThanOrEqual(1_000);
        expect(delay).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});

it('every place has an address that leads back to it, whatever the name of the task', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(name, (each) => {
      for (const page of ['task', 'edit'] as const) {
        expect(parseRoute(routeHash({ page, name: each }))).toEqual({ page, name: each });
      }
    }),
  );
  expect(parseRoute('')).toEqual({ page: 'tasks' });
  expect(parseRoute('#/task/%')).toEqual({ page: 'tasks' });
  expect(parseRoute(routeHash({ page: 'create' }))).toEqual({ page: 'create' });
});

it('every state has a tone, and what can be done in it', () => {
  const table = Object.fromEntries(TASK_STATES.map((state) => [state, [toneOf(state), possible({ state }).join(' ')]]));
  expect(table).toEqual({
    running: ['good', 'pause verify resync restart drop'],
    retrying: ['warn', 'pause verify resync restart drop force'],
    stalled: ['bad', 'pause verify resync restart drop force'],
    pausing: ['busy', 'resume restart drop'],
    paused: ['calm', 'resume restart drop'],
    failed: ['bad', 'pause resume restart drop force'],
    historyLost: ['bad', 'pause resume resync restart drop force'],
    finished: ['calm', 'restart drop'],
    dropping: ['busy', 'force'],
  });
  expect(TASK_STATES.every((state) => stateRank(state) >= 0)).toBe(true);
  expect(new Set(TASK_STATES.flatMap((state) => possible({ state })))).toEqual(new Set(ACTS));
});
